package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Folders by the content that is in them: each is whole or not there, whatever dies. Thread-safe,
 * and several processes may add to them.
 */
final class Folders {
  private static final String MADE_ASIDE = ".new-";
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path folder;

  Folders(Path folder) {
    this.folder = folder;
  }

  /** Writes what is in a folder. */
  @FunctionalInterface
  interface Content {
    void write(Path into) throws IOException, InterruptedException;
  }

  boolean has(String name) {
    return Files.isDirectory(folder.resolve(name));
  }

  Path at(String name) {
    return folder.resolve(name);
  }

  void add(String name, Content content) throws IOException, InterruptedException {
    Path made = aside();
    try {
      content.write(made);
      store(made);
      Files.move(made, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!has(name)) {
        throw e; // Else somebody was faster, with the same.
      }
    } finally {
      delete(made);
    }
  }

  /** A folder for what is needed only while something is made; the caller deletes it. */
  Path aside() throws IOException {
    Files.createDirectories(folder);
    return Files.createDirectory(folder.resolve(MADE_ASIDE + UUID.randomUUID()));
  }

  /** What processes left behind that died while they made it. */
  void deleteAbandoned(Instant now) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> all = Files.list(folder)) {
      left = all.filter(each -> each.getFileName().toString().startsWith(MADE_ASIDE)).toList();
    }
    for (Path each : left) {
      if (lastTouched(each).isBefore(now.minus(ABANDONED))) {
        delete(each);
      }
    }
  }

  private static Instant lastTouched(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Instant last = Instant.MIN;
      for (Path each : all.toList()) {
        Instant touched = Files.getLastModifiedTime(each).toInstant();
        last = touched.isAfter(last) ? touched : last;
      }
      return last;
    } catch (NoSuchFileException e) {
      return Instant.MAX; // It is being made.
    }
  }

  /** A power cut after the move must not leave empty files in it. */
  private static void store(Path made) throws IOException {
    try (Stream<Path> all = Files.walk(made)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        try (FileChannel file = FileChannel.open(each, StandardOpenOption.WRITE)) {
          file.force(true);
        }
      }
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
