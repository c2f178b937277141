package io.downbeat.stream.fans;

import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.io.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps of each thing how often it was added and removed in all, and sends out both of what changed
 * once an interval. Neither ever goes down, and in no total that is sent more was removed than
 * added. At most {@value #MOST_THINGS} changed things wait.
 *
 * <p>State a thing, for ever: both numbers, 37 bytes of a checkpoint with their key.
 */
final class FanTotals extends Batching<Movement, Movement> {
  private static final long serialVersionUID = 1;
  private static final int MOST_THINGS = 50_000;
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final boolean all;
  private transient ValueState<long[]> totals;
  private transient Map<Thing, Movement> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  FanTotals(Duration interval, boolean all) {
    super(interval, LONGEST);
    this.all = all;
  }

  static DataStream<Movement> append(
      DataStream<Movement> movements, Duration interval, boolean all) {
    return movements
        .keyBy(Movement::thing, Thing.TYPE)
        .transform("fans", Movement.TYPE, new FanTotals(interval, all))
        .uid("fans");
  }

  @Override
  public void open() throws Exception {
    super.open();
    ValueStateDescriptor<long[]> descriptor =
        new ValueStateDescriptor<>("totals", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    totals = getRuntimeContext().getState(descriptor);
    changed = new HashMap<>();
    if (all) {
      sendAll(descriptor);
    }
  }

  private void sendAll(ValueStateDescriptor<long[]> descriptor) throws Exception {
    List<Movement> restored = new ArrayList<>();
    KeyedStateBackend<Thing> backend = getKeyedStateBackend();
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (thing, state) -> restored.add(of(thing, totals.value())));
    restored.forEach(total -> output.collect(new StreamRecord<>(total)));
  }

  @Override
  public void processElement(StreamRecord<Movement> element) throws Exception {
    Movement more = element.getValue();
    Movement before = changed.get(more.thing());
    if (before == null) {
      long[] total = totals.value();
      before = of(more.thing(), total == null ? new long[2] : total);
    }
    changed.put(
        more.thing(),
        new Movement(
            more.thing(), before.added() + more.added(), before.removed() + more.removed()));
    if (changed.size() >= MOST_THINGS) {
      flush();
    }
  }

  @Override
  protected void flush() throws Exception {
    for (Movement total : changed.values()) {
      setCurrentKey(total.thing());
      totals.update(new long[] {total.added(), total.removed()});
      output.collect(new StreamRecord<>(total));
    }
    changed.clear();
  }

  private static Movement of(Thing thing, long[] total) {
    return new Movement(thing, total[0], total[1]);
  }
}
