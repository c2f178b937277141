package io.downbeat.local.run.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void quantilesAreRightToTwoPercent() {
    Latencies latencies = new Latencies();
    for (long millis = 1; millis <= 1_000; millis++) {
      latencies.add(millis * 1_000_000);
    }
    assertThat(latencies.millis(0.5)).isCloseTo(500, within(10.0));
    assertThat(latencies.millis(0.99)).isCloseTo(990, within(20.0));
    assertThat(latencies.millis(1)).isCloseTo(1_000, within(20.0));
  }

  @Test
  void withoutAnyThereIsNone() {
    assertThat(new Latencies().millis(0.99)).isZero();
  }
}
