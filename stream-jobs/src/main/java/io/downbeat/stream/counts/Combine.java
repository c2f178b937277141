package io.downbeat.stream.counts;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up what meets within a moment, before it is sent over the network: a hot track costs one
 * record a moment, not one a play.
 *
 * <p>Holds at most {@value #MOST_BUCKETS} buckets for at most {@value #MOST_MILLIS} ms, and nothing
 * over a checkpoint: all of it goes out before the barrier, so there is no state to restore.
 */
final class Combine extends AbstractStreamOperator<Tally>
    implements OneInputStreamOperator<Tally, Tally> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 8_192;
  private static final long MOST_MILLIS = 50;

  private transient Map<Bucket, long[]> held;

  @SuppressWarnings("NullAway.Init") // open() comes first
  private Combine() {}

  static DataStream<Tally> append(DataStream<Tally> tallies, String name) {
    return tallies.transform(name, TypeInformation.of(Tally.class), new Combine()).uid(name);
  }

  @Override
  public void open() throws Exception {
    super.open();
    held = new HashMap<>();
    scheduleFlush();
  }

  private void scheduleFlush() {
    long next = getProcessingTimeService().getCurrentProcessingTime() + MOST_MILLIS;
    getProcessingTimeService()
        .registerTimer(
            next,
            time -> {
              flush();
              scheduleFlush();
            });
  }

  @Override
  public void processElement(StreamRecord<Tally> element) {
    Tally tally = element.getValue();
    held.merge(tally.bucket(), tally.measures(), Tally::sum);
    if (held.size() >= MOST_BUCKETS) {
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
    held.forEach(
        (bucket, measures) -> output.collect(new StreamRecord<>(new Tally(bucket, measures))));
    held.clear();
  }
}
