package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** From plays to the absolute totals of every bucket. */
public final class Counts {

  /** What has become more popular; of a restored state as {@code all} of its totals. */
  public static final OutputTag<Rise> RISES = new OutputTag<>("rises", Rise.TYPE);

  private Counts() {}

  /**
   * @param plays each play once
   * @param window whose buckets are counted here; of older plays the listeners alone
   * @param memory of each bucket
   * @param interval how often changed totals go out
   * @param all whether every total and popularity of a restored state goes out once, changed or not
   * @return absolute totals, in each array those of one thing; the newest of a bucket is never
   *     lower than an earlier one; side output {@link #RISES}
   */
  public static SingleOutputStreamOperator<Tally[]> append(
      DataStream<HeardPlay> plays,
      DataStream<CatalogTrack> tracks,
      OpenWindow window,
      StateTtlConfig memory,
      Duration interval,
      boolean all) {
    DataStream<Addition> heard =
        plays
            .map(play -> ofPlay(play, window))
            .returns(Addition.TYPE)
            .name("measure")
            .uid("measure");
    DataStream<Addition> byTrack = Combine.append(heard, "combine by track");
    DataStream<Addition> additions = Attribute.append(byTrack, tracks, window, memory);
    return Total.append(Combine.append(additions, "combine by bucket"), memory, interval, all);
  }

  private static Addition ofPlay(HeardPlay play, OpenWindow window) {
    Granularity size = window.smallestOpen(play.startedAt(), play.loggedAt());
    return new Addition(
        Bucket.of(CountedKind.TRACK, play.trackId(), size, play.startedAt()),
        new Heard(
            Counters.of(play.playedMillis(), play.endReason()),
            new long[] {UniqueListeners.hash(play.userId().toUuid())}));
  }
}
