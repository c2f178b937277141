package io.downbeat.bench.counting;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.UniqueListeners;
import java.util.Arrays;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;

/** A bucket's totals, as the plain loop holds them: listeners sorted, and a sketch beyond 1,024. */
final class Totals {
  final long[] measures = new long[Row.MEASURES];
  private long[] listeners = {};
  private int size;
  private @Nullable HllSketch sketch;
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
    if (sketch != null) {
      sketch.update(listener);
      return true;
    }
    int found = Arrays.binarySearch(listeners, 0, size, listener);
    if (found >= 0) {
      return false;
    }
    if (size == UniqueListeners.EXACT_TO) {
      HllSketch all = new HllSketch(13, TgtHllType.HLL_8);
      for (int i = 0; i < size; i++) {
        all.update(listeners[i]);
      }
      all.update(listener);
      sketch = all;
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
    return sketch == null ? size : Math.round(sketch.getEstimate());
  }

  long plays() {
    return measures[Counters.PLAYS.ordinal()];
  }
}
