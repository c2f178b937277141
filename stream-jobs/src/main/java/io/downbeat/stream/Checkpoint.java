package io.downbeat.stream;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;

/**
 * A complete checkpoint or savepoint of the job.
 *
 * @param number higher than that of the one before it: both kinds are numbered together, and a
 *     restored job goes on where the one before it stopped
 */
record Checkpoint(Path path, long number, boolean isSavepoint) {
  private static final Pattern NAME = Pattern.compile("chk-(\\d+)");

  /** Where checkpoints go, below the folder of a job's state. */
  static Path checkpoints(Path state) {
    return state.resolve("checkpoints");
  }

  /** Where savepoints go, below the folder of a job's state. */
  static Path savepoints(Path state) {
    return state.resolve("savepoints");
  }

  /**
   * The newest below the folder of a job's state, as Flink lays them out: {@code
   * checkpoints/<job>/chk-<number>} and {@code savepoints/<name>}.
   */
  static Optional<Checkpoint> newest(Path state) throws IOException {
    List<Checkpoint> all = new ArrayList<>();
    for (Path path : complete(checkpoints(state), 2)) {
      Matcher name = NAME.matcher(path.getFileName().toString());
      if (name.matches()) {
        all.add(new Checkpoint(path, Long.parseLong(name.group(1)), false));
      }
    }
    for (Path path : complete(savepoints(state), 1)) {
      all.add(new Checkpoint(path, numberOfSavepoint(path), true));
    }
    return all.stream().max(Comparator.comparingLong(Checkpoint::number));
  }

  /** Half-written ones have no metadata. */
  private static List<Path> complete(Path dir, int depth) throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(dir, depth)) {
      return paths.filter(path -> Files.exists(metadata(path))).toList();
    }
  }

  private static long numberOfSavepoint(Path path) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(metadata(path))))) {
      return Checkpoints.loadCheckpointMetadata(
              in, Checkpoint.class.getClassLoader(), path.toString())
          .getCheckpointId();
    }
  }

  private static Path metadata(Path path) {
    return path.resolve("_metadata");
  }
}
