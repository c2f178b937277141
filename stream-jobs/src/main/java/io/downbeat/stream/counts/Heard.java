package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.UniqueListeners;
import java.util.Arrays;

/**
 * What some plays add up to.
 *
 * @param measures by the position of {@link Counters}
 * @param listeners who heard them, by {@link UniqueListeners#hash}, ascending, each once; empty
 *     where nobody asks
 */
public record Heard(long[] measures, long[] listeners) {
  private static final int MEASURES = Counters.values().length;
  static final long[] NOTHING = new long[MEASURES];
  private static final long[] NOBODY = {};

  Heard plus(Heard more) {
    return new Heard(
        sum(measures, more.measures), UniqueListeners.union(listeners, more.listeners));
  }

  Heard withoutListeners() {
    return new Heard(measures, NOBODY);
  }

  Heard listenersAlone() {
    return new Heard(NOTHING, listeners);
  }

  /** In an array as long as there are counters: state may be older than the newest. */
  static long[] sum(long[] a, long[] b) {
    long[] sum = Arrays.copyOf(a, MEASURES);
    for (int i = 0; i < b.length; i++) {
      sum[i] = Math.addExact(sum[i], b[i]);
    }
    return sum;
  }
}
