package io.downbeat.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class Rfc3339Test {

  @Property
  void usualTimesAreReadAsTheJdkReadsThemAndThoseThatDoNotExistAreRefused(
      @ForAll @IntRange(max = 9999) int year,
      @ForAll @IntRange(max = 13) int month,
      @ForAll @IntRange(max = 32) int day,
      @ForAll @IntRange(max = 25) int hour,
      @ForAll @IntRange(max = 61) int minute,
      @ForAll @IntRange(max = 61) int second,
      @ForAll @IntRange(max = 999) int millis) {
    String text =
        "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ"
            .formatted(year, month, day, hour, minute, second, millis);
    OffsetDateTime expected;
    try {
      expected = OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      assertThatThrownBy(() -> Rfc3339.parse(text)).hasMessage("a time that exists");
      return;
    }
    assertThat(Rfc3339.parse(text)).isEqualTo(expected.toInstant());
  }

  @Property
  void otherFormsMeanTheSame(@ForAll @IntRange(max = 999_999_999) int nanos) {
    OffsetDateTime time = OffsetDateTime.parse("2026-02-28T23:59:59Z").plusNanos(nanos);
    assertThat(Rfc3339.parse(time.toString().replace("Z", "+00:00")))
        .isEqualTo(time.toInstant().truncatedTo(ChronoUnit.MILLIS));
  }
}
