package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.Longs;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What some plays add up to.
 *
 * @param measures by the position of {@link Counters}
 * @param listeners who heard them, by {@link UniqueListeners#hash}, ascending, each once
 */
public record Heard(long[] measures, long[] listeners) {
  public static final RecordType<Heard> TYPE =
      RecordType.of(Heard.class, Heard::write, Heard::read);

  private static final int MEASURES = Counters.values().length;
  static final long[] NOTHING = new long[MEASURES];

  Heard plus(Heard more) {
    return new Heard(
        sum(measures, more.measures), UniqueListeners.union(listeners, more.listeners));
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

  private void write(DataOutputView out) throws IOException {
    Longs.write(measures, out);
    Longs.write(listeners, out);
  }

  private static Heard read(DataInputView in) throws IOException {
    return new Heard(Longs.read(in), Longs.read(in));
  }
}
