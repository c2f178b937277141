package io.downbeat.local.run.imports;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Pattern;

/** Times on a wall clock, as instants. */
final class LocalTimes {

  private static final Pattern WITH_OFFSET =
      Pattern.compile("(?i).*(Z|[+-]\\d{2}:?\\d{2}(:?\\d{2})?)\\s*");

  private LocalTimes() {}

  /**
   * Where clocks went back, a local time that came twice is its first coming (the earlier offset);
   * where they went forward, one that never came is shifted forward by the length of the gap.
   */
  static Instant instant(LocalDateTime local, ZoneId zone) {
    return ZonedDateTime.ofLocal(local, zone, null).toInstant();
  }

  /**
   * @throws Unfit unless it is {@code YYYY-MM-DDThh:mm[:ss[.fraction]]}; a blank is as good as the
   *     T
   */
  static LocalDateTime parse(String column, String text) {
    String iso = text.strip();
    if (iso.length() > 10 && iso.charAt(10) == ' ') {
      iso = iso.substring(0, 10) + 'T' + iso.substring(11);
    }
    try {
      return LocalDateTime.parse(iso);
    } catch (DateTimeException e) {
      throw new Unfit(column, "\"" + text.strip() + "\" is no local time (YYYY-MM-DDThh:mm:ss)");
    }
  }

  /** Whether the text says how far it is from UTC, and so needs no zone. */
  static boolean hasOffset(String text) {
    // A date's own hyphens are no offset.
    int time = Math.max(text.indexOf('T'), Math.max(text.indexOf('t'), text.indexOf(' ')));
    return time > 0 && WITH_OFFSET.matcher(text.substring(time + 1)).matches();
  }
}
