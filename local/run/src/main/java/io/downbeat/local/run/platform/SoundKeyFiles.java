package io.downbeat.local.run.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keys that sign sounds' URLs, each in a file that is named by the minute from which it signs.
 */
public final class SoundKeyFiles {
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuuMMddHHmm");
  private static final Pattern NAME = Pattern.compile("[0-9]{12}");
  private static final Duration RENEWED = Duration.ofDays(30);

  /** Within which every process has seen a new key. */
  private static final Duration AHEAD = Duration.ofMinutes(2);

  /** Longer than any URL lives. */
  private static final Duration KEPT = Duration.ofHours(1);

  private SoundKeyFiles() {}

  /** Makes one where there is none, and another once the newest has grown old. */
  static void ensure(Path directory, Instant now) throws IOException {
    List<Path> keys = list(directory);
    if (keys.isEmpty()) {
      SecretFile.ensure(directory.resolve(name(now)));
    } else if (begin(keys.get(keys.size() - 1)).plus(RENEWED).isBefore(now)) {
      rotate(directory, now);
    }
  }

  /**
   * Makes a key that signs in two minutes, and deletes those that nothing is signed with any more.
   *
   * @return when it begins to sign
   */
  public static Instant rotate(Path directory, Instant now) throws IOException {
    List<Path> keys = list(directory);
    Path next = directory.resolve(name(now.plus(AHEAD)));
    SecretFile.ensure(next);
    for (int i = 0; i + 1 < keys.size(); i++) {
      if (begin(keys.get(i + 1)).plus(KEPT).isBefore(now)) {
        Files.deleteIfExists(keys.get(i));
      }
    }
    return begin(next);
  }

  /**
   * Oldest first.
   *
   * @throws IOException also if one is named by no minute
   */
  private static List<Path> list(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<Path> keys;
    try (Stream<Path> files = Files.list(directory)) {
      keys =
          files
              .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
              .sorted()
              .toList();
    }
    for (Path key : keys) {
      begin(key);
    }
    return keys;
  }

  private static String name(Instant begin) {
    return MINUTE.format(begin.atOffset(ZoneOffset.UTC));
  }

  private static Instant begin(Path key) throws IOException {
    String name = key.getFileName().toString();
    try {
      return LocalDateTime.parse(name, MINUTE).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new IOException(
          "Cannot tell when sound key %s begins to sign: its name is no minute, such as 202601311205. Take it away"
              .formatted(key),
          e);
    }
  }
}
