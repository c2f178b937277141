package io.downbeat.stream;

import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.charts.Chart;
import io.downbeat.stream.charts.Charts;
import io.downbeat.stream.counts.Counts;
import io.downbeat.stream.counts.Rise;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.KafkaLog;
import io.downbeat.stream.io.LoggedPlay;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The part of the jobs that has state of plays: the same steps, wherever the plays come from.
 *
 * @param plays each once; side output {@code Decode.REJECTED}
 * @param totals absolute, of every bucket that changed
 * @param rises of what has become more popular
 * @param charts that changed
 */
record CountedPlays(
    SingleOutputStreamOperator<HeardPlay> plays,
    DataStream<Tally[]> totals,
    DataStream<Rise> rises,
    DataStream<Chart> charts) {

  /**
   * @param all whether every total, popularity and chart of a restored state goes out once, changed
   *     or not
   */
  static CountedPlays append(
      DataStream<LoggedPlay> logged,
      DataStream<CatalogTrack> tracks,
      KafkaLog log,
      StreamConfig config,
      boolean all) {
    SingleOutputStreamOperator<HeardPlay> plays =
        FirstOfEachPlay.append(
            logged, log.nameOf(Topics.PLAYS), config.dedupMemory(), config.sequenceMemory());
    OpenWindow window = config.openWindow();
    StateTtlConfig memory = BucketExpiry.of(window, config.dedupMemory());
    SingleOutputStreamOperator<Tally[]> totals =
        Counts.append(plays, tracks, window, memory, config.flushInterval(), all);
    return new CountedPlays(
        plays,
        totals,
        totals.getSideOutput(Counts.RISES),
        Charts.append(totals, tracks, window, memory, all));
  }
}
