package io.downbeat.stream.dedup;

import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the first play with a play_id through and no other. Copies lie in one partition of the log,
 * so the first in log order wins, also in a replay.
 *
 * <p>State: one flag a play_id, dropped after the memory's length without a further copy
 * (processing time).
 */
public final class FirstOfEachPlay extends KeyedProcessFunction<Id, HeardPlay, HeardPlay> {
  private static final long serialVersionUID = 1;

  private final Duration memory;
  private transient ValueState<Boolean> seen;
  private transient Counter duplicates;

  @SuppressWarnings("NullAway.Init") // open() comes first
  private FirstOfEachPlay(Duration memory) {
    this.memory = memory;
  }

  /**
   * @param memory for how long a play_id is remembered; at least the log's retention, so that a
   *     replay of the whole log counts nothing twice
   */
  public static DataStream<HeardPlay> append(DataStream<HeardPlay> plays, Duration memory) {
    return plays
        .keyBy(HeardPlay::playId, TypeInformation.of(Id.class))
        .process(new FirstOfEachPlay(memory))
        .returns(HeardPlay.class)
        .name("first of each play")
        .uid("first of each play");
  }

  @Override
  public void open(OpenContext context) {
    ValueStateDescriptor<Boolean> descriptor = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(memory).build());
    seen = getRuntimeContext().getState(descriptor);
    duplicates = getRuntimeContext().getMetricGroup().counter("duplicates");
  }

  @Override
  public void processElement(HeardPlay play, Context context, Collector<HeardPlay> out)
      throws Exception {
    if (seen.value() != null) {
      duplicates.inc();
      return;
    }
    seen.update(true);
    out.collect(play);
  }
}
