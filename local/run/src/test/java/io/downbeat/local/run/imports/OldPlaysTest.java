package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class OldPlaysTest {
  private static final Instant NOW = Instant.parse("2026-03-10T13:00:00Z");

  @Test
  void playsOfClosedDaysAreOld() {
    assertThat(OldPlays.areIn(Instant.parse("2026-03-07T23:59:59.999Z"), 3, NOW)).isTrue();
    assertThat(OldPlays.areIn(Instant.parse("2026-03-08T00:00:00Z"), 3, NOW)).isFalse();
    assertThat(OldPlays.areIn(null, 3, NOW)).isFalse();
  }

  @Test
  void whenAPlayWasHeardIsReadFromWhatIsSent() {
    assertThat(StartedAt.of("{\"started_at\":\"2012-01-01T02:00:00+02:00\",\"played_millis\":1}"))
        .isEqualTo(Instant.parse("2012-01-01T00:00:00Z"));
    assertThat(StartedAt.of("{\"started_at\":\"yesterday\"}")).isNull();
    assertThat(StartedAt.of("{}")).isNull();
  }
}
