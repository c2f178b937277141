package io.downbeat.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checkpoints under a folder, {@code <job>/chk-<n>/_metadata}, as Flink lays them out. */
final class Checkpoints {
  private static final Pattern NAME = Pattern.compile("chk-(\\d+)");

  private Checkpoints() {}

  /**
   * The newest complete checkpoint: the one with the highest number, since a restored job goes on
   * counting where the one before it stopped. Half-written ones have no metadata.
   */
  static Optional<Path> newest(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      return Optional.empty();
    }
    try (Stream<Path> paths = Files.walk(dir, 2)) {
      return paths
          .filter(path -> number(path) >= 0 && Files.exists(path.resolve("_metadata")))
          .max(Comparator.comparingLong(Checkpoints::number));
    }
  }

  private static long number(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }
}
