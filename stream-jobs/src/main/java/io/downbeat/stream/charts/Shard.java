package io.downbeat.stream.charts;

import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The top of one of {@value #SHARDS} parts of a chart's tracks: lets only those through that could
 * be in the whole chart, so that one place can hold it.
 *
 * <p>State: its entries, 24 bytes each, dropped by {@link BucketExpiry}.
 */
final class Shard extends Batching<Candidate, Candidate> {
  private static final long serialVersionUID = 1;
  private static final int SHARDS = 16;
  private static final Duration MOMENT = Duration.ofSeconds(2);

  private record Key(ChartKey chart, Id track) {}

  /** A Flink key, so its hash is the same in every JVM. */
  public record ShardKey(ChartKey chart, int shard) {
    public static final RecordType<ShardKey> TYPE =
        RecordType.of(ShardKey.class, ShardKey::write, ShardKey::read);

    static ShardKey of(Candidate candidate) {
      return new ShardKey(candidate.chart(), Math.floorMod(candidate.track().hashCode(), SHARDS));
    }

    @Override
    public int hashCode() {
      return 31 * chart.hashCode() + shard;
    }

    private void write(DataOutputView out) throws IOException {
      ChartKey.TYPE.write(chart, out);
      out.writeInt(shard);
    }

    private static ShardKey read(DataInputView in) throws IOException {
      return new ShardKey(ChartKey.TYPE.read(in), in.readInt());
    }
  }

  private final StateTtlConfig memory;
  private transient ValueState<long[]> top;
  private transient Map<Key, Candidate> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Shard(StateTtlConfig memory) {
    super(MOMENT, MOMENT);
    this.memory = memory;
  }

  static DataStream<Candidate> append(DataStream<Candidate> candidates, StateTtlConfig memory) {
    return candidates
        .keyBy(ShardKey::of, ShardKey.TYPE)
        .transform("chart shard", Candidate.TYPE, new Shard(memory))
        .uid("chart shard");
  }

  @Override
  public void open() throws Exception {
    super.open();
    ValueStateDescriptor<long[]> descriptor =
        new ValueStateDescriptor<>("top", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    descriptor.enableTimeToLive(memory);
    top = getRuntimeContext().getState(descriptor);
    changed = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<Candidate> element) throws Exception {
    Candidate candidate = element.getValue();
    long[] state = top.value();
    long[] before = state == null ? TopTracks.none() : state;
    long[] after = TopTracks.offer(before, candidate.track(), candidate.streams());
    if (after != before) {
      top.update(after);
      changed.put(new Key(candidate.chart(), candidate.track()), candidate);
    }
  }

  @Override
  protected void flush() {
    changed.values().forEach(candidate -> output.collect(new StreamRecord<>(candidate)));
    changed.clear();
  }
}
