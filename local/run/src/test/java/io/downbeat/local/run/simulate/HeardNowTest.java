package io.downbeat.local.run.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeardNowTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @Test
  void playsAreAsLateAsTheyWereAndCopiesAreTheSame() {
    List<Upload> uploads =
        Simulation.of(1, START, 100).plays(START, START.plus(Duration.ofDays(20))).toList();
    HeardNow heardNow = new HeardNow();
    Map<UUID, Play> first = new HashMap<>();
    int copies = 0;
    for (int i = 0; i < uploads.size(); i++) {
      Upload upload = uploads.get(i);
      Instant now = NOW.plusMillis(20L * (i / 7));
      Play moved = heardNow.move(upload, now);
      assertThat(moved.endedAt()).isBeforeOrEqualTo(now);
      if (upload.again()) {
        assertThat(moved).isEqualTo(first.get(moved.id()));
        copies++;
      } else {
        assertThat(Duration.between(moved.startedAt(), now))
            .isBetween(late(upload), late(upload).plusMillis(200));
        first.put(moved.id(), moved);
      }
    }
    assertThat(copies).isGreaterThan(100);
  }

  private static Duration late(Upload upload) {
    return Duration.between(upload.play().startedAt(), upload.arrivesAt());
  }
}
