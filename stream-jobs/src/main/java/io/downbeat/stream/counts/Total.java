package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps each bucket's absolute totals and sends out those that changed, together: of each thing in
 * arrays of up to {@value #MOST_TOGETHER}, each of which is one write.
 *
 * <p>They go out once an interval, less often under back-pressure, so that a backlog writes each
 * bucket less often. At most {@value #MOST_BUCKETS} changed buckets wait.
 *
 * <p>State: the measures of a bucket and, where asked for, its listeners, without end for now.
 */
final class Total extends Batching<Addition, Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 100_000;
  private static final int MOST_TOGETHER = 100;
  private static final long[] NOTHING = {};
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private transient ValueState<long[]> measures;
  private transient ValueState<byte[]> listeners;
  private transient Map<Bucket, Tally> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Total(Duration interval) {
    super(interval, LONGEST);
  }

  static DataStream<Tally[]> append(DataStream<Addition> additions, Duration interval) {
    return additions
        .keyBy(Addition::bucket, TypeInformation.of(Bucket.class))
        .transform("total", TypeInformation.of(Tally[].class), new Total(interval))
        .uid("total");
  }

  @Override
  public void open() throws Exception {
    super.open();
    measures =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "measures", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    listeners =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "listeners", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    changed = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<Addition> element) throws Exception {
    Bucket bucket = element.getValue().bucket();
    Heard heard = element.getValue().heard();
    byte[] before = Objects.requireNonNullElse(listeners.value(), UniqueListeners.none());
    byte[] after = UniqueListeners.plus(before, heard.listeners());
    if (after != before) {
      listeners.update(after);
    } else if (bucket.granularity() == Granularity.ALL) {
      return; // It holds nothing but its listeners, and those were known.
    }
    changed.put(bucket, new Tally(bucket, plus(heard.measures()), UniqueListeners.count(after)));
    if (changed.size() >= MOST_BUCKETS) {
      flush();
    }
  }

  private long[] plus(long[] more) throws Exception {
    long[] sum = Heard.sum(more, Objects.requireNonNullElse(measures.value(), NOTHING));
    measures.update(sum);
    return sum;
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
