package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DecayTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  @Test
  void aStreamOfNowIsOneAndAfterAHalfLifeAHalf() {
    double popularity = Decay.octaves(NOW.toEpochMilli());

    assertThat(Decay.streamsNow(popularity, NOW)).isCloseTo(1, within(1e-9));
    assertThat(Decay.streamsNow(popularity, NOW.plus(Decay.HALF_LIFE)))
        .isCloseTo(0.5, within(1e-9));
  }

  @Property
  void timeChangesNoOrder(
      @ForAll @DoubleRange(max = 500) double one,
      @ForAll @DoubleRange(max = 500) double other,
      @ForAll @LongRange(max = 1_000) long days) {
    Instant later = NOW.plus(Duration.ofDays(days));

    assertThat(
            Double.compare(Decay.streamsNow(one, later), Decay.streamsNow(other, later))
                * Double.compare(one, other))
        .isNotNegative();
  }

  @Property
  void weightsAreFiniteUntil2039(@ForAll @LongRange(max = 6_900) long days) {
    Instant streamed = Instant.parse("2020-01-01T00:00:00Z").plus(Duration.ofDays(days));

    assertThat(1e9 * Math.pow(2, Decay.octaves(streamed.toEpochMilli()))).isFinite();
  }
}
