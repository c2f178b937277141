package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RulesTest {

  @Test
  void pauseUnder30SecondsIsAPlayButNoStream() {
    assertThat(Counters.of(29_999, EndReason.STOPPED)).containsExactly(1, 0, 29_999, 0);
    assertThat(Counters.of(30_000, EndReason.STOPPED)).containsExactly(1, 1, 30_000, 0);
  }

  @Test
  void skipIsCountedHoweverLateItComes() {
    assertThat(Counters.of(40_000, EndReason.SKIPPED)).containsExactly(1, 1, 40_000, 1);
  }

  @Test
  void bucketsBeginAtWholeHoursAndDaysOfUtc() {
    long time = Instant.parse("2026-03-29T01:59:59.999Z").toEpochMilli();
    assertThat(Instant.ofEpochMilli(Granularity.HOUR.bucketOf(time)))
        .hasToString("2026-03-29T01:00:00Z");
    assertThat(Instant.ofEpochMilli(Granularity.DAY.bucketOf(time)))
        .hasToString("2026-03-29T00:00:00Z");
  }

  @Test
  void bucketsBefore1970BeginEarlierNotLater() {
    assertThat(Granularity.DAY.bucketOf(-1)).isEqualTo(-86_400_000);
  }
}
