package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;

/** From plays to the absolute totals of every bucket. */
public final class Counts {

  private Counts() {}

  /**
   * @param plays each play once
   * @param interval how often changed totals go out
   * @return absolute totals, in each array those of one thing; the newest of a bucket is never
   *     lower than an earlier one
   */
  public static DataStream<Tally[]> append(
      DataStream<HeardPlay> plays, DataStream<CatalogTrack> tracks, Duration interval) {
    DataStream<Addition> heard =
        plays.map(Counts::ofPlay).returns(Addition.class).name("measure").uid("measure");
    DataStream<Addition> trackHours = Combine.append(heard, "combine by track");
    DataStream<Addition> additions = Attribute.append(trackHours, tracks);
    return Total.append(Combine.append(additions, "combine by bucket"), interval);
  }

  private static Addition ofPlay(HeardPlay play) {
    return new Addition(
        Bucket.of(CountedKind.TRACK, play.trackId(), Granularity.HOUR, play.startedAt()),
        new Heard(
            Counters.of(play.playedMillis(), play.endReason()),
            new long[] {UniqueListeners.hash(play.userId().toUuid())}));
  }
}
