package io.downbeat.bench.counting;

import io.downbeat.schemas.rules.UniqueListeners;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A bucket's totals, as the plain loop holds them: listeners sorted, and estimated beyond 1,024.
 */
final class Totals {
  final long[] measures = new long[Row.MEASURES];
  private long[] listeners = {};
  private int size;
  private byte @Nullable [] estimate;
  boolean changed;

  void add(long[] more) {
    for (int i = 0; i < more.length; i++) {
      measures[i] += more[i];
    }
  }

  /**
   * @return whether it may have changed how many there are
   */
  boolean hear(long listener) {
    if (estimate != null) {
      byte[] before = estimate;
      estimate = UniqueListeners.plus(before, new long[] {listener});
      return estimate != before;
    }
    int found = Arrays.binarySearch(listeners, 0, size, listener);
    if (found >= 0) {
      return false;
    }
    if (size == UniqueListeners.EXACT_TO) {
      listeners = Arrays.copyOf(listeners, size);
      estimate =
          UniqueListeners.plus(
              UniqueListeners.none(), UniqueListeners.union(listeners, new long[] {listener}));
      listeners = new long[0];
      return true;
    }
    if (size == listeners.length) {
      listeners = Arrays.copyOf(listeners, Math.max(2, size * 3 / 2));
    }
    int place = -found - 1;
    System.arraycopy(listeners, place, listeners, place + 1, size - place);
    listeners[place] = listener;
    size++;
    return true;
  }

  long listeners() {
    return estimate == null ? size : UniqueListeners.count(estimate);
  }
}
