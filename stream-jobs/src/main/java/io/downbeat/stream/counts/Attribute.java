package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Id;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns what was heard of a track in an hour into additions for all that it counts for: the track,
 * its artists, album and genres, and everything, by hour and by day.
 *
 * <p>While the catalogue does not know the track, its hours wait here; they go to artists, album
 * and genres when it arrives. A play counts for what the track's record said when it was counted: a
 * later change of artists, album or genres moves no earlier count.
 *
 * <p>State a track: its ids; while unknown, one tally an hour.
 */
final class Attribute extends KeyedCoProcessFunction<Id, Tally, CatalogTrack, Tally> {
  private static final long serialVersionUID = 1;
  private static final Id EVERYTHING = Id.of(CountedKind.EVERYTHING_ID);

  private transient ValueState<CatalogTrack> track;
  private transient MapState<Long, long[]> waiting;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Attribute() {}

  static DataStream<Tally> append(DataStream<Tally> trackHours, DataStream<CatalogTrack> tracks) {
    TypeInformation<Id> id = TypeInformation.of(Id.class);
    return trackHours
        .keyBy(tally -> tally.bucket().id(), id)
        .connect(tracks.keyBy(CatalogTrack::trackId, id))
        .process(new Attribute(), TypeInformation.of(Tally.class))
        .name("attribute")
        .uid("attribute");
  }

  @Override
  public void open(OpenContext context) {
    track =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("track", TypeInformation.of(CatalogTrack.class)));
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting", Types.LONG, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  @Override
  public void processElement1(Tally trackHour, Context context, Collector<Tally> out)
      throws Exception {
    long hour = trackHour.bucket().start();
    long[] measures = trackHour.measures();
    add(CountedKind.TRACK, trackHour.bucket().id(), hour, measures, out);
    add(CountedKind.EVERYTHING, EVERYTHING, hour, measures, out);
    CatalogTrack known = track.value();
    if (known != null) {
      credit(known, hour, measures, out);
      return;
    }
    long[] before = waiting.get(hour);
    waiting.put(hour, before == null ? measures : Tally.sum(before, measures));
  }

  @Override
  public void processElement2(CatalogTrack arrived, Context context, Collector<Tally> out)
      throws Exception {
    track.update(arrived);
    for (Map.Entry<Long, long[]> hour : waiting.entries()) {
      credit(arrived, hour.getKey(), hour.getValue(), out);
    }
    waiting.clear();
  }

  private static void credit(CatalogTrack track, long hour, long[] measures, Collector<Tally> out) {
    track.artists().forEach(artist -> add(CountedKind.ARTIST, artist, hour, measures, out));
    if (track.album() != null) {
      add(CountedKind.ALBUM, track.album(), hour, measures, out);
    }
    track.genres().forEach(genre -> add(CountedKind.GENRE, genre, hour, measures, out));
  }

  private static void add(
      CountedKind kind, Id id, long hour, long[] measures, Collector<Tally> out) {
    out.collect(new Tally(Bucket.of(kind, id, Granularity.HOUR, hour), measures));
    out.collect(new Tally(Bucket.of(kind, id, Granularity.DAY, hour), measures));
  }
}
