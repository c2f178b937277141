package io.downbeat.stream.dedup;

import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.RejectedRecord;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets each play through once. Copies lie in one partition of the log, so the first in log order
 * wins, also in a replay.
 *
 * <p>A play that its device numbered is known by that number, and for each listener and device the
 * numbers seen are kept as ranges. A number below the highest is new unless it was seen itself,
 * however late it comes. A device may leave {@value #MOST_RANGES} ranges; a play that needed one
 * more goes to {@link Decode#REJECTED}, since nobody could tell its copies from it. A play without
 * a number is known by its play_id. Either counts for its own listener alone: nobody's numbers or
 * ids, however wild, make another's play a copy.
 *
 * <p>State, dropped when it did not change for its memory's length (processing time): of each
 * listener's device 16 bytes a range, so 60 with its key and time where plays come in order, and 64
 * KiB at most; of each play without a number 41 bytes. These are sizes in a checkpoint; on the heap
 * it is some 150 where a checkpoint has 60, and 120 where it has 41.
 *
 * <p>The bytes of a numbered play travel with it to here, since only here it is known whether it is
 * rejected, and no further: some hundred bytes to copy once are cheaper than to ask the log again,
 * where a misbehaving device would hold up everyone's plays.
 */
public final class FirstOfEachPlay extends KeyedProcessFunction<PlayOrigin, LoggedPlay, HeardPlay> {
  static final int MOST_RANGES = 4_096;

  private static final long serialVersionUID = 1;

  private final String topic;
  private final Duration memory;
  private final Duration sequenceMemory;
  private transient ValueState<long[]> ranges;
  private transient ValueState<Boolean> seen;
  private transient Counter duplicates;
  private transient Counter undecided;

  @SuppressWarnings("NullAway.Init") // open() comes first
  FirstOfEachPlay(String topic, Duration memory, Duration sequenceMemory) {
    this.topic = topic;
    this.memory = memory;
    this.sequenceMemory = sequenceMemory;
  }

  /**
   * @param topic where the plays are from, the installation's prefix included
   * @param memory for how long a play_id is remembered; at least the log's retention, so that a
   *     replay of the whole log counts nothing twice
   * @param sequenceMemory for how long a device that sends nothing new is remembered
   */
  public static SingleOutputStreamOperator<HeardPlay> append(
      DataStream<LoggedPlay> plays, String topic, Duration memory, Duration sequenceMemory) {
    return plays
        .keyBy(PlayOrigin::of, PlayOrigin.TYPE)
        .process(new FirstOfEachPlay(topic, memory, sequenceMemory), HeardPlay.TYPE)
        .name("first of each play")
        .uid("first of each play");
  }

  @Override
  public void open(OpenContext context) {
    ValueStateDescriptor<long[]> numbers =
        new ValueStateDescriptor<>("ranges", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    numbers.enableTimeToLive(expiry(sequenceMemory));
    ranges = getRuntimeContext().getState(numbers);
    ValueStateDescriptor<Boolean> ids = new ValueStateDescriptor<>("seen", Types.BOOLEAN);
    ids.enableTimeToLive(expiry(memory));
    seen = getRuntimeContext().getState(ids);
    duplicates = getRuntimeContext().getMetricGroup().counter("duplicates");
    undecided = Decode.rejected(getRuntimeContext(), "undecided");
  }

  private static StateTtlConfig expiry(Duration memory) {
    return StateTtlConfig.newBuilder(memory).cleanupIncrementally(1, false).build();
  }

  @Override
  public void processElement(LoggedPlay logged, Context context, Collector<HeardPlay> out)
      throws Exception {
    HeardPlay play = logged.play();
    Long number = play.deviceSeq();
    if (number != null) {
      long[] before = Objects.requireNonNullElse(ranges.value(), Ranges.none());
      long[] after = Ranges.plus(before, number);
      if (after == before) {
        duplicates.inc();
      } else if (Ranges.count(after) > MOST_RANGES && logged.value() != null) {
        undecided.inc();
        context.output(Decode.REJECTED, new RejectedRecord(logged.record(topic), reason(number)));
      } else {
        ranges.update(after);
        out.collect(play);
      }
    } else if (seen.value() != null) {
      duplicates.inc();
    } else {
      seen.update(true);
      out.collect(play);
    }
  }

  private static String reason(long number) {
    return "device_seq is %d, but the device has left %d gaps in its numbers: only a number next to"
            .formatted(number, MOST_RANGES - 1)
        + " one that was seen can be told from a copy";
  }
}
