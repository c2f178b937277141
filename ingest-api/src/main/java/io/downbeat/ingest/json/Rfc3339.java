package io.downbeat.ingest.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** A time as a caller writes it. */
public final class Rfc3339 {

  /** RFC 3339, section 5.6; java.time alone would take more. */
  private static final Pattern FORM =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

  private static final String FORM_RULE =
      "a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z";

  private static final String EXISTS_RULE = "a time that exists";

  private static final String USUAL = "0000-00-00T00:00:00.000Z";
  private static final long SECONDS_OF_DAY = 86_400;

  private Rfc3339() {}

  /**
   * To the millisecond.
   *
   * @throws DateTimeException whose message is the rule that the text breaks
   */
  public static Instant parse(String text) {
    if (isUsual(text)) {
      return usual(text);
    }
    if (!FORM.matcher(text).matches()) {
      throw new DateTimeException(FORM_RULE);
    }
    try {
      return OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
          .toInstant()
          .truncatedTo(ChronoUnit.MILLIS);
    } catch (DateTimeException e) {
      throw new DateTimeException(EXISTS_RULE, e);
    }
  }

  /** {@code 2026-01-01T20:15:00.123Z}, as nearly all programs write it. */
  private static boolean isUsual(String text) {
    if (text.length() != USUAL.length()) {
      return false;
    }
    for (int i = 0; i < USUAL.length(); i++) {
      char c = text.charAt(i);
      if (USUAL.charAt(i) == '0' ? c < '0' || c > '9' : c != USUAL.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static Instant usual(String text) {
    try {
      long day =
          LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
      LocalTime time =
          LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19));
      return Instant.ofEpochMilli(
          (day * SECONDS_OF_DAY + time.toSecondOfDay()) * 1_000 + number(text, 20, 23));
    } catch (DateTimeException e) {
      throw new DateTimeException(EXISTS_RULE, e);
    }
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }
}
