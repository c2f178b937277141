package io.downbeat.stream.counts;

import io.downbeat.stream.io.Batching;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up what meets within a moment, before it is sent over the network: a hot track costs one
 * record a moment, not one a play. Under back-pressure the moment is longer. Holds at most {@value
 * #MOST_BUCKETS} buckets.
 */
final class Combine extends Batching<Addition, Addition> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 8_192;
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofMillis(500);

  private transient Map<Bucket, Heard> held;

  @SuppressWarnings("NullAway.Init") // open() comes first
  private Combine() {
    super(MOMENT, LONGEST);
  }

  static DataStream<Addition> append(DataStream<Addition> additions, String name) {
    return additions.transform(name, Addition.TYPE, new Combine()).uid(name);
  }

  @Override
  public void open() throws Exception {
    super.open();
    held = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<Addition> element) {
    Addition addition = element.getValue();
    held.merge(addition.bucket(), addition.heard(), Heard::plus);
    if (held.size() >= MOST_BUCKETS) {
      flush();
    }
  }

  @Override
  protected void flush() {
    held.forEach(
        (bucket, heard) -> output.collect(new StreamRecord<>(new Addition(bucket, heard))));
    held.clear();
  }
}
