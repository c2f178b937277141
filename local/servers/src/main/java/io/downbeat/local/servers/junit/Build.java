package io.downbeat.local.servers.junit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The build that this JVM tests for: the Maven process above it, or this JVM itself when an IDE
 * started it.
 */
final class Build {
  /**
   * Start fast rather than run fast; and the test servers' schemas needn't survive a crash of
   * theirs.
   */
  private static final List<String> JVM_ARGS =
      List.of("-XX:TieredStopAtLevel=1", "-Dcassandra.test.flush_local_schema_changes=false");

  private Build() {}

  /**
   * Its servers live as long as it does, in {@code target/servers/<its pid>} under the topmost
   * pom.xml.
   */
  static ServerSet servers() {
    long pid = maven().orElse(ProcessHandle.current()).pid();
    Path all = root().resolve("target").resolve("servers");
    deleteEnded(all);
    return new ServerSet(all.resolve(Long.toString(pid)), pid, JVM_ARGS);
  }

  private static Optional<ProcessHandle> maven() {
    return Stream.iterate(
            ProcessHandle.current().parent(),
            Optional::isPresent,
            process -> process.flatMap(ProcessHandle::parent))
        .flatMap(Optional::stream)
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("org.codehaus.plexus.classworlds"))
        .findFirst();
  }

  private static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .filter(directory -> Files.exists(directory.resolve("pom.xml")))
        .reduce((below, above) -> above)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot find a pom.xml above " + Path.of("").toAbsolutePath()));
  }

  private static void deleteEnded(Path all) {
    if (!Files.isDirectory(all)) {
      return;
    }
    try (Stream<Path> builds = Files.list(all)) {
      builds
          .filter(
              build -> ProcessHandle.of(Long.parseLong(build.getFileName().toString())).isEmpty())
          .forEach(Build::delete);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + all, e);
    }
  }

  /** Another JVM of this build may be deleting it too, so what is gone is gone. */
  private static void delete(Path build) {
    try (Stream<Path> files = Files.walk(build)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      return;
    }
  }
}
