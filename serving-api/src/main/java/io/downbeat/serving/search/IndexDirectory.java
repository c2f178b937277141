package io.downbeat.serving.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the index is: in the folder of the highest number; one that is being built has no number
 * yet. So a crash leaves the old one or the new one, each whole. Not thread-safe.
 */
final class IndexDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(IndexDirectory.class);
  private static final String NUMBERED = "index-";
  private static final String BESIDE = "building";

  private final Path parent;

  IndexDirectory(Path parent) {
    this.parent = parent;
  }

  Path current() throws IOException {
    return parent.resolve(NUMBERED + highest());
  }

  /**
   * What the current index's last commit says. One that cannot be read, or that other code wrote,
   * is deleted: it can be made again.
   */
  Optional<SearchIndex.Commit> lastCommit() throws IOException {
    if (highest() == 0) {
      return Optional.empty();
    }
    try {
      SearchIndex.Commit commit = SearchIndex.lastCommit(current());
      if (commit.current()) {
        return Optional.of(commit);
      }
      LOG.info("The search index has another format; it is built anew");
    } catch (IOException | RuntimeException e) {
      LOG.warn("The search index cannot be read; it is built anew", e);
    }
    delete(current());
    return Optional.empty();
  }

  /** An empty folder for an index to be built in. */
  Path emptyBeside() throws IOException {
    Path beside = parent.resolve(BESIDE);
    delete(beside);
    return Files.createDirectories(beside);
  }

  /** Makes what was built the current index; returns where it is from now on. */
  Path takeBeside() throws IOException {
    Path next = parent.resolve(NUMBERED + (highest() + 1));
    return Files.move(parent.resolve(BESIDE), next, StandardCopyOption.ATOMIC_MOVE);
  }

  /** All but the current one. */
  void deleteFormer() throws IOException {
    long highest = highest();
    for (long number : numbers()) {
      if (number != highest) {
        delete(parent.resolve(NUMBERED + number));
      }
    }
  }

  private long highest() throws IOException {
    return numbers().stream().mapToLong(number -> number).max().orElse(0);
  }

  private List<Long> numbers() throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(parent)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.matches(NUMBERED + "[1-9][0-9]{0,17}"))
          .map(name -> Long.valueOf(name.substring(NUMBERED.length())))
          .toList();
    }
  }

  private static void delete(Path dir) throws IOException {
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
