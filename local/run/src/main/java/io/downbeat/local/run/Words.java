package io.downbeat.local.run;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;

/** How values read on a terminal. */
final class Words {
  private static final int LINE = 100;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private Words() {}

  /** The two largest units: {@code 3 d 4 h}, {@code 12 min 5 s}, {@code 8 s}. */
  static String span(Duration span) {
    long seconds = Math.max(0, span.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    if (seconds < 86_400) {
      return seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }
    return seconds / 86_400 + " d " + seconds / 3_600 % 24 + " h";
  }

  static String megabytes(OptionalLong bytes) {
    return bytes.isPresent() ? (bytes.getAsLong() >> 20) + " MB" : "";
  }

  static String firstLine(String text) {
    String first = text.lines().findFirst().orElse("");
    return first.length() <= LINE ? first : first.substring(0, LINE - 1) + "…";
  }

  /** Now, on this machine's clock. */
  static String time() {
    return TIME.format(Instant.now());
  }
}
