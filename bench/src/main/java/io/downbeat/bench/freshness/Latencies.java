package io.downbeat.bench.freshness;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

final class Latencies {

  private Latencies() {}

  /** The least that so large a part of them, 0 to 1, does not exceed. */
  static long millis(long[] nanos, double quantile) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(quantile * sorted.length);
    return TimeUnit.NANOSECONDS.toMillis(sorted[Math.max(0, rank - 1)]);
  }
}
