package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
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
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns what was heard of a track into additions for all that it counts for: the track, its
 * artists, album and genres, and everything, each in a bucket of the size that came in, by which
 * {@link Total} knows what is open of it.
 *
 * <p>While the catalogue does not know the track, what was heard waits here; it goes to artists,
 * album and genres when it arrives. Of hours whose day was closed by the time of the track's record
 * in the log only listeners do: the batch has counted that day, or will. A play counts for what the
 * track's record said when it was counted: a later change of artists, album or genres moves no
 * earlier count.
 *
 * <p>State a track: its ids; while unknown, what was heard in each hour and who is to be added to
 * all time, dropped when it did not change for the memory's length.
 */
final class Attribute extends KeyedCoProcessFunction<Id, Addition, CatalogTrack, Addition> {
  private static final long serialVersionUID = 1;
  private static final Id EVERYTHING = Id.of(CountedKind.EVERYTHING_ID);

  private final OpenWindow window;
  private final StateTtlConfig memory;
  private transient ValueState<CatalogTrack> track;
  private transient MapState<Bucket, Heard> waiting;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Attribute(OpenWindow window, StateTtlConfig memory) {
    this.window = window;
    this.memory = memory;
  }

  static DataStream<Addition> append(
      DataStream<Addition> heard,
      DataStream<CatalogTrack> tracks,
      OpenWindow window,
      StateTtlConfig memory) {
    TypeInformation<Id> id = Id.TYPE;
    return heard
        .keyBy(addition -> addition.bucket().id(), id)
        .connect(tracks.keyBy(CatalogTrack::trackId, id))
        .process(new Attribute(window, memory), Addition.TYPE)
        .name("attribute")
        .uid("attribute");
  }

  @Override
  public void open(OpenContext context) {
    track = getRuntimeContext().getState(new ValueStateDescriptor<>("track", CatalogTrack.TYPE));
    MapStateDescriptor<Bucket, Heard> descriptor =
        new MapStateDescriptor<>("waiting", Bucket.TYPE, Heard.TYPE);
    descriptor.enableTimeToLive(memory);
    waiting = getRuntimeContext().getMapState(descriptor);
  }

  @Override
  public void processElement1(Addition addition, Context context, Collector<Addition> out)
      throws Exception {
    Bucket bucket = addition.bucket();
    Heard heard = addition.heard();
    out.collect(addition);
    out.collect(new Addition(bucket.of(CountedKind.EVERYTHING, EVERYTHING), heard));
    CatalogTrack known = track.value();
    if (known != null) {
      credit(known, bucket, heard, out);
    } else if (bucket.granularity() == Granularity.HOUR) {
      await(bucket, heard);
    } else {
      await(
          Bucket.of(CountedKind.TRACK, bucket.id(), Granularity.ALL, bucket.start()),
          heard.listenersAlone());
    }
  }

  private void await(Bucket bucket, Heard heard) throws Exception {
    Heard before = waiting.get(bucket);
    waiting.put(bucket, before == null ? heard : before.plus(heard));
  }

  @Override
  public void processElement2(CatalogTrack arrived, Context context, Collector<Addition> out)
      throws Exception {
    track.update(arrived);
    for (Map.Entry<Bucket, Heard> each : waiting.entries()) {
      Bucket bucket = each.getKey();
      boolean open = window.isOpen(bucket.granularity(), bucket.start(), arrived.loggedAt());
      credit(
          arrived,
          open ? bucket : Bucket.of(bucket.kind(), bucket.id(), Granularity.ALL, bucket.start()),
          each.getValue(),
          out);
    }
    waiting.clear();
  }

  private static void credit(
      CatalogTrack track, Bucket bucket, Heard heard, Collector<Addition> out) {
    for (Id artist : track.artists()) {
      out.collect(new Addition(bucket.of(CountedKind.ARTIST, artist), heard));
    }
    if (track.album() != null) {
      out.collect(new Addition(bucket.of(CountedKind.ALBUM, track.album()), heard));
    }
    for (Id genre : track.genres()) {
      out.collect(new Addition(bucket.of(CountedKind.GENRE, genre), heard));
    }
  }
}
