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
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns what was heard of a track in an hour into additions for all that it counts for: the track,
 * its artists, album and genres, and everything, by hour and by day; for the track also by week,
 * for its charts. Listeners go to days and all time.
 *
 * <p>While the catalogue does not know the track, its hours wait here; they go to artists, album
 * and genres when it arrives. A play counts for what the track's record said when it was counted: a
 * later change of artists, album or genres moves no earlier count.
 *
 * <p>State a track: its ids; while unknown, what was heard in each hour.
 */
final class Attribute extends KeyedCoProcessFunction<Id, Addition, CatalogTrack, Addition> {
  private static final long serialVersionUID = 1;
  private static final Id EVERYTHING = Id.of(CountedKind.EVERYTHING_ID);

  private transient ValueState<CatalogTrack> track;
  private transient MapState<Long, Heard> waiting;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Attribute() {}

  static DataStream<Addition> append(
      DataStream<Addition> trackHours, DataStream<CatalogTrack> tracks) {
    TypeInformation<Id> id = TypeInformation.of(Id.class);
    return trackHours
        .keyBy(addition -> addition.bucket().id(), id)
        .connect(tracks.keyBy(CatalogTrack::trackId, id))
        .process(new Attribute(), TypeInformation.of(Addition.class))
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
                new MapStateDescriptor<>("waiting", Types.LONG, TypeInformation.of(Heard.class)));
  }

  @Override
  public void processElement1(Addition trackHour, Context context, Collector<Addition> out)
      throws Exception {
    Id id = trackHour.bucket().id();
    long hour = trackHour.bucket().start();
    Heard heard = trackHour.heard();
    add(CountedKind.TRACK, id, hour, heard, out);
    out.collect(
        new Addition(
            Bucket.of(CountedKind.TRACK, id, Granularity.WEEK, hour), heard.withoutListeners()));
    add(CountedKind.EVERYTHING, EVERYTHING, hour, heard, out);
    CatalogTrack known = track.value();
    if (known != null) {
      credit(known, hour, heard, out);
      return;
    }
    Heard before = waiting.get(hour);
    waiting.put(hour, before == null ? heard : before.plus(heard));
  }

  @Override
  public void processElement2(CatalogTrack arrived, Context context, Collector<Addition> out)
      throws Exception {
    track.update(arrived);
    for (Map.Entry<Long, Heard> hour : waiting.entries()) {
      credit(arrived, hour.getKey(), hour.getValue(), out);
    }
    waiting.clear();
  }

  private static void credit(CatalogTrack track, long hour, Heard heard, Collector<Addition> out) {
    track.artists().forEach(artist -> add(CountedKind.ARTIST, artist, hour, heard, out));
    if (track.album() != null) {
      add(CountedKind.ALBUM, track.album(), hour, heard, out);
    }
    track.genres().forEach(genre -> add(CountedKind.GENRE, genre, hour, heard, out));
  }

  private static void add(
      CountedKind kind, Id id, long hour, Heard heard, Collector<Addition> out) {
    out.collect(
        new Addition(Bucket.of(kind, id, Granularity.HOUR, hour), heard.withoutListeners()));
    out.collect(new Addition(Bucket.of(kind, id, Granularity.DAY, hour), heard));
    out.collect(new Addition(Bucket.of(kind, id, Granularity.ALL, hour), heard.listenersAlone()));
  }
}
