package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.counts.Bucket;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Id;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Enters a track's totals for the charts of everything and of its genres. While the catalogue does
 * not know the track, what its genres' charts get waits here; charts that were closed by the time
 * of its record in the log get nothing, they are the batch's.
 *
 * <p>State a track: its genres; while unknown, its streams in each window, dropped by {@link
 * BucketExpiry}.
 */
final class Candidates extends KeyedCoProcessFunction<Id, Tally[], CatalogTrack, Candidate> {
  private static final long serialVersionUID = 1;
  private static final Id EVERYTHING = Id.of(CountedKind.EVERYTHING_ID);

  private final OpenWindow window;
  private final StateTtlConfig memory;
  private transient ValueState<CatalogTrack> track;
  private transient MapState<ChartKey, Long> waiting;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Candidates(OpenWindow window, StateTtlConfig memory) {
    this.window = window;
    this.memory = memory;
  }

  static DataStream<Candidate> append(
      DataStream<Tally[]> totals,
      DataStream<CatalogTrack> tracks,
      OpenWindow window,
      StateTtlConfig memory) {
    TypeInformation<Id> id = Id.TYPE;
    return totals
        .filter(together -> together[0].bucket().kind() == CountedKind.TRACK)
        .name("of tracks")
        .uid("of tracks")
        .keyBy(together -> together[0].bucket().id(), id)
        .connect(tracks.keyBy(CatalogTrack::trackId, id))
        .process(new Candidates(window, memory), Candidate.TYPE)
        .name("chart candidates")
        .uid("chart candidates");
  }

  @Override
  public void open(OpenContext context) {
    track = getRuntimeContext().getState(new ValueStateDescriptor<>("track", CatalogTrack.TYPE));
    MapStateDescriptor<ChartKey, Long> descriptor =
        new MapStateDescriptor<>("waiting", ChartKey.TYPE, Types.LONG);
    descriptor.enableTimeToLive(memory);
    waiting = getRuntimeContext().getMapState(descriptor);
  }

  @Override
  public void processElement1(Tally[] totals, Context context, Collector<Candidate> out)
      throws Exception {
    CatalogTrack known = track.value();
    for (Tally total : totals) {
      Bucket bucket = total.bucket();
      if (total.streams() == 0) {
        continue;
      }
      ChartKey chart = new ChartKey(EVERYTHING, bucket.granularityOrdinal(), bucket.start());
      out.collect(new Candidate(chart, bucket.id(), total.streams()));
      if (known == null) {
        waiting.put(chart, total.streams());
      } else {
        enter(known, chart, total.streams(), out);
      }
    }
  }

  @Override
  public void processElement2(CatalogTrack arrived, Context context, Collector<Candidate> out)
      throws Exception {
    track.update(arrived);
    for (Map.Entry<ChartKey, Long> each : waiting.entries()) {
      ChartKey chart = each.getKey();
      if (window.isOpen(chart.window(), chart.start(), arrived.loggedAt())) {
        enter(arrived, chart, each.getValue(), out);
      }
    }
    waiting.clear();
  }

  private static void enter(
      CatalogTrack track, ChartKey chart, long streams, Collector<Candidate> out) {
    for (Id genre : track.genres()) {
      ChartKey ofGenre = new ChartKey(genre, chart.windowOrdinal(), chart.start());
      out.collect(new Candidate(ofGenre, track.trackId(), streams));
    }
  }
}
