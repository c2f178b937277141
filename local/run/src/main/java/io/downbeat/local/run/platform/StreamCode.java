package io.downbeat.local.run.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The code that stream-jobs run here: a copy of what was built, so that neither a build nor one
 * that fails changes what runs or is started again. It is taken when everything is started, and by
 * an upgrade.
 */
public final class StreamCode {
  private static final String MODULE = "stream-jobs";

  private StreamCode() {}

  /** Takes what is built now. */
  public static void take(Home home) {
    Path staged = staged(home);
    Path unfinished = staged.resolveSibling(staged.getFileName() + ".new");
    try {
      delete(unfinished);
      Files.createDirectories(unfinished);
      List<Path> built = built(home);
      for (int i = 0; i < built.size(); i++) {
        copy(built.get(i), unfinished.resolve(copyOf(i, built.get(i))));
      }
      delete(staged);
      Files.move(unfinished, staged, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy what was built of " + MODULE, e);
    }
  }

  /** Of the copy; libraries are used where they are. */
  static List<Path> classpath(Home home) {
    if (!Files.isDirectory(staged(home))) {
      take(home);
    }
    List<Path> built = built(home);
    Stream<Path> ours =
        Stream.iterate(0, i -> i < built.size(), i -> i + 1)
            .map(i -> staged(home).resolve(copyOf(i, built.get(i))));
    Stream<Path> libraries =
        Apps.classpath(home, MODULE).stream().filter(path -> !isBuiltHere(home, path));
    return Stream.concat(ours, libraries).toList();
  }

  private static List<Path> built(Home home) {
    return Apps.classpath(home, MODULE).stream().filter(path -> isBuiltHere(home, path)).toList();
  }

  private static boolean isBuiltHere(Home home, Path path) {
    return path.startsWith(home.checkout());
  }

  private static String copyOf(int i, Path built) {
    return i + "-" + built.getFileName();
  }

  private static Path staged(Home home) {
    return home.data().resolve("stream-jobs-code");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path path : files.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
