package io.downbeat.local.run.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * The supervisor's own log: what started, what ended and why. Set aside as .1 at a start that finds
 * it long. Thread-safe.
 */
final class Journal {
  private static final long LIMIT_BYTES = 4 << 20;

  private final Path file;
  private final Clock clock;

  Journal(Path file, Clock clock) throws IOException {
    this.file = file;
    this.clock = clock;
    Files.createDirectories(file.getParent());
    if (Files.exists(file) && Files.size(file) > LIMIT_BYTES) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  synchronized void write(String line) {
    try {
      Files.writeString(
          file,
          clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + line + System.lineSeparator(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
