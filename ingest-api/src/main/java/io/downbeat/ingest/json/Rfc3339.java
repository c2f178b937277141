package io.downbeat.ingest.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** A time as a caller writes it. */
public final class Rfc3339 {

  /** RFC 3339, section 5.6; java.time alone would take more. */
  static final Pattern FORM =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

  static final String FORM_RULE = "a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z";

  private static final String EXISTS_RULE = "a time that exists";

  private Rfc3339() {}

  /**
   * To the millisecond.
   *
   * @throws DateTimeException whose message is the rule that the text breaks
   */
  public static Instant parse(String text) {
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
}
