package io.downbeat.local.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartStateTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void waitsTwiceAsLongAfterEachEndUpToHalfAMinute() {
    PartState state = PartState.waiting("kafka", START).starting(START).ready(START);
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      state = state.died(START, "was killed", Backoff.STANDARD);
      delays.add(state.delay().toSeconds());
      state = state.starting(START).ready(START);
    }
    assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    assertThat(state.restarts()).isEqualTo(7);
  }

  @Test
  void aMinuteOfHealthIsForgiven() {
    PartState state = PartState.waiting("kafka", START).starting(START).ready(START);
    state = state.died(START, "was killed", Backoff.STANDARD).starting(START).ready(START);
    PartState tooSoon = state.died(START.plusSeconds(59), "was killed", Backoff.STANDARD);
    PartState later = state.died(START.plusSeconds(60), "was killed", Backoff.STANDARD);
    assertThat(tooSoon.delay()).isEqualTo(Duration.ofSeconds(2));
    assertThat(later.delay()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aMinuteOfStartingIsNotHealth() {
    PartState state = PartState.waiting("kafka", START).starting(START);
    state = state.died(START, "ended", Backoff.STANDARD).starting(START);
    state = state.died(START.plusSeconds(120), "ended", Backoff.STANDARD);
    assertThat(state.delay()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void onlyStartsThatFailInARowAreCounted() {
    PartState state = PartState.waiting("kafka", START).starting(START);
    state = state.died(START, "ended", Backoff.STANDARD).starting(START);
    state = state.died(START, "ended", Backoff.STANDARD).starting(START);
    assertThat(state.failedStarts()).isEqualTo(2);
    state = state.ready(START);
    assertThat(state.failedStarts()).isZero();
    assertThat(state.died(START, "was killed", Backoff.STANDARD).failedStarts()).isZero();
  }

  @Test
  void startsAgainWhenItsDelayIsOver() {
    PartState state =
        PartState.waiting("kafka", START)
            .starting(START)
            .died(START.plusSeconds(5), "ended", Backoff.STANDARD);
    assertThat(state.phase()).isEqualTo(Phase.BACKING_OFF);
    assertThat(state.startsAt()).isEqualTo(START.plusSeconds(6));
    assertThat(state.note()).isEqualTo("ended");
  }
}
