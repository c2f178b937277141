package io.downbeat.local.run.simulate;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took, in buckets of which each is 2 % longer than the one before: quantiles to
 * that precision in constant memory. Thread-safe.
 */
final class Latencies {
  private static final double STEP = Math.log(1.02);
  private static final int BUCKETS = 1_400;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void add(long nanos) {
    int bucket = (int) (Math.log(Math.max(1, nanos)) / STEP);
    counts.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  /** Upper end of the bucket that holds the quantile, in milliseconds; 0 where there is nothing. */
  double millis(double quantile) {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += counts.get(i);
    }
    long left = (long) Math.ceil(quantile * all);
    for (int i = 0; i < BUCKETS; i++) {
      left -= counts.get(i);
      if (all > 0 && left <= 0) {
        return Math.exp((i + 1) * STEP) / 1e6;
      }
    }
    return 0;
  }
}
