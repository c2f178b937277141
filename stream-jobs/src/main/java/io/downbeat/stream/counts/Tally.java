package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;
import java.util.Arrays;

/**
 * Measures of a bucket: an addition on the way to the count, the absolute total after it.
 *
 * @param measures by the position of {@link Counters}; never changed once the tally is out
 */
public record Tally(Bucket bucket, long[] measures) {

  private static final int LENGTH = Counters.values().length;

  /** The sum, in an array as long as there are counters: state may be older than the newest. */
  static long[] sum(long[] a, long[] b) {
    long[] sum = Arrays.copyOf(a, LENGTH);
    for (int i = 0; i < b.length; i++) {
      sum[i] = Math.addExact(sum[i], b[i]);
    }
    return sum;
  }

  Tally in(Bucket other) {
    return new Tally(other, measures);
  }
}
