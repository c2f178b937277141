package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps each bucket's absolute total and sends out those that changed, together: of each thing in
 * arrays of up to {@value #MOST_TOGETHER}, each of which is one write.
 *
 * <p>They go out once an interval; after a flush that met back-pressure the next waits four times
 * as long as that one took, up to {@value #LONGEST_MILLIS} ms, so that a backlog writes each bucket
 * less often. Before a checkpoint's barrier all go out: a restored job has nothing unsent from
 * before. At most {@value #MOST_BUCKETS} changed buckets wait.
 *
 * <p>State: one total a bucket, without end for now.
 */
final class Total extends AbstractStreamOperator<Tally[]>
    implements OneInputStreamOperator<Tally, Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 100_000;
  private static final int MOST_TOGETHER = 100;
  private static final long LONGEST_MILLIS = 30_000;

  private final long intervalMillis;
  private transient ValueState<long[]> total;
  private transient Map<Bucket, long[]> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Total(Duration interval) {
    this.intervalMillis = interval.toMillis();
  }

  static DataStream<Tally[]> append(DataStream<Tally> additions, Duration interval) {
    return additions
        .keyBy(Tally::bucket, TypeInformation.of(Bucket.class))
        .transform("total", TypeInformation.of(Tally[].class), new Total(interval))
        .uid("total");
  }

  @Override
  public void open() throws Exception {
    super.open();
    total =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "total", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    changed = new HashMap<>();
    scheduleFlush(intervalMillis);
  }

  private void scheduleFlush(long delayMillis) {
    long next = getProcessingTimeService().getCurrentProcessingTime() + delayMillis;
    getProcessingTimeService()
        .registerTimer(
            next,
            time -> {
              long start = System.nanoTime();
              flush();
              long took = (System.nanoTime() - start) / 1_000_000;
              scheduleFlush(Math.min(LONGEST_MILLIS, Math.max(intervalMillis, 4 * took)));
            });
  }

  @Override
  public void processElement(StreamRecord<Tally> element) throws Exception {
    Tally addition = element.getValue();
    long[] before = total.value();
    long[] after = Tally.sum(addition.measures(), before == null ? new long[0] : before);
    total.update(after);
    changed.put(addition.bucket(), after);
    if (changed.size() >= MOST_BUCKETS) {
      flush();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush();
  }

  @Override
  public void finish() {
    flush();
  }

  private void flush() {
    Map<Thing, List<Tally>> things = new HashMap<>();
    changed.forEach(
        (bucket, measures) -> {
          Thing thing = new Thing(bucket.kind(), bucket.id());
          List<Tally> together = things.computeIfAbsent(thing, key -> new ArrayList<>());
          together.add(new Tally(bucket, measures));
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
