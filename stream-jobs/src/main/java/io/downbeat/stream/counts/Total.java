package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps each bucket's absolute totals and sends out those that changed, together: of each thing in
 * arrays of up to {@value #MOST_TOGETHER}, each of which is one write.
 *
 * <p>They go out once an interval, less often under back-pressure, so that a backlog writes each
 * bucket less often. At most {@value #MOST_BUCKETS} changed buckets wait.
 *
 * <p>State of a bucket, dropped by {@link BucketExpiry}: its measures, some 80 bytes of a
 * checkpoint with their key and time; of a day also its listeners, as {@link UniqueListeners} keeps
 * them, 45 bytes more than these. Of all time the listeners alone, for ever. On the heap objects
 * and the map's entries add some 120 bytes each.
 */
final class Total extends Batching<Addition, Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 100_000;
  private static final int MOST_TOGETHER = 100;
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final StateTtlConfig memory;
  private final boolean all;
  private transient ValueState<long[]> measures;
  private transient ValueState<byte[]> listeners;
  private transient ValueState<byte[]> everyListener;
  private transient Map<Bucket, Tally> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Total(StateTtlConfig memory, Duration interval, boolean all) {
    super(interval, LONGEST);
    this.memory = memory;
    this.all = all;
  }

  static DataStream<Tally[]> append(
      DataStream<Addition> additions, StateTtlConfig memory, Duration interval, boolean all) {
    return additions
        .keyBy(Addition::bucket, TypeInformation.of(Bucket.class))
        .transform("total", TypeInformation.of(Tally[].class), new Total(memory, interval, all))
        .uid("total");
  }

  @Override
  public void open() throws Exception {
    super.open();
    ValueStateDescriptor<long[]> ofMeasures =
        state("measures", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO, memory);
    ValueStateDescriptor<byte[]> ofEveryListener =
        state(
            "all-time listeners",
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
            StateTtlConfig.DISABLED);
    measures = getRuntimeContext().getState(ofMeasures);
    listeners =
        getRuntimeContext()
            .getState(
                state(
                    "listeners",
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
                    memory));
    everyListener = getRuntimeContext().getState(ofEveryListener);
    changed = new HashMap<>();
    if (all) {
      changeAll(ofMeasures);
      changeAll(ofEveryListener);
    }
  }

  private <T> void changeAll(ValueStateDescriptor<T> descriptor) throws Exception {
    KeyedStateBackend<Bucket> backend = getKeyedStateBackend();
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (bucket, state) -> change(bucket));
  }

  /** As if the bucket, whose key is set, had just changed. */
  private void change(Bucket bucket) throws Exception {
    long[] sum = measures.value();
    byte[] listened =
        value(bucket.granularity() == Granularity.ALL ? everyListener : listeners);
    if (sum != null || listened.length > 0) {
      changed.put(
          bucket,
          new Tally(
              bucket,
              Heard.sum(Heard.NOTHING, Objects.requireNonNullElse(sum, Heard.NOTHING)),
              UniqueListeners.count(listened)));
    }
    if (changed.size() >= MOST_BUCKETS) {
      flush();
    }
  }

  @Override
  public void processElement(StreamRecord<Addition> element) throws Exception {
    Bucket bucket = element.getValue().bucket();
    Heard heard = element.getValue().heard();
    switch (bucket.granularity()) {
      case HOUR, WEEK -> changed.put(bucket, new Tally(bucket, plus(heard.measures()), 0));
      case DAY -> {
        byte[] before = value(listeners);
        byte[] after = plus(listeners, before, heard.listeners());
        changed.put(
            bucket, new Tally(bucket, plus(heard.measures()), UniqueListeners.count(after)));
      }
      case ALL -> {
        byte[] before = value(everyListener);
        byte[] after = plus(everyListener, before, heard.listeners());
        if (after != before) {
          changed.put(bucket, new Tally(bucket, Heard.NOTHING, UniqueListeners.count(after)));
        }
      }
    }
    if (changed.size() >= MOST_BUCKETS) {
      flush();
    }
  }

  private long[] plus(long[] more) throws Exception {
    long[] sum = Heard.sum(more, Objects.requireNonNullElse(measures.value(), Heard.NOTHING));
    measures.update(sum);
    return sum;
  }

  private static byte[] value(ValueState<byte[]> state) throws Exception {
    return Objects.requireNonNullElse(state.value(), UniqueListeners.none());
  }

  /** The same array, and no write, if they were all there. */
  private static byte[] plus(ValueState<byte[]> state, byte[] before, long[] more)
      throws Exception {
    byte[] after = UniqueListeners.plus(before, more);
    if (after != before) {
      state.update(after);
    }
    return after;
  }

  private static <T> ValueStateDescriptor<T> state(
      String name, TypeInformation<T> type, StateTtlConfig memory) {
    ValueStateDescriptor<T> descriptor = new ValueStateDescriptor<>(name, type);
    descriptor.enableTimeToLive(memory);
    return descriptor;
  }

  @Override
  protected void flush() {
    Map<Thing, List<Tally>> things = new HashMap<>();
    changed.forEach(
        (bucket, tally) -> {
          Thing thing = new Thing(bucket.kind(), bucket.id());
          List<Tally> together = things.computeIfAbsent(thing, key -> new ArrayList<>());
          together.add(tally);
          if (together.size() == MOST_TOGETHER) {
            send(together);
            together.clear();
          }
        });
    things.values().stream().filter(rest -> !rest.isEmpty()).forEach(this::send);
    changed.clear();
  }

  private void send(List<Tally> together) {
    output.collect(new StreamRecord<>(together.toArray(Tally[]::new)));
  }

  private record Thing(CountedKind kind, Id id) {}
}
