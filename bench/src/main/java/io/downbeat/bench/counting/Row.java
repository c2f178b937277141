package io.downbeat.bench.counting;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A bucket's key, as the yardsticks hold it.
 *
 * @param start milliseconds since 1970
 */
record Row(CountedKind kind, UUID id, Granularity granularity, long start) {
  private static final Granularity[] COUNTED = {Granularity.HOUR, Granularity.DAY, Granularity.ALL};
  static final int MEASURES = Counters.values().length;

  /** All that a play of a track counts for. */
  static List<Row> of(UUID track, TrackLinks links, long startedAt) {
    List<Row> all = new ArrayList<>(18);
    add(all, CountedKind.TRACK, track, startedAt);
    links.artists().forEach(artist -> add(all, CountedKind.ARTIST, artist, startedAt));
    if (links.album() != null) {
      add(all, CountedKind.ALBUM, links.album(), startedAt);
    }
    links.genres().forEach(genre -> add(all, CountedKind.GENRE, genre, startedAt));
    add(all, CountedKind.EVERYTHING, CountedKind.EVERYTHING_ID, startedAt);
    return all;
  }

  boolean countsListeners() {
    return granularity != Granularity.HOUR;
  }

  /** All time is the sum of its days, and holds nothing but listeners. */
  boolean countsPlays() {
    return granularity != Granularity.ALL;
  }

  private static void add(List<Row> all, CountedKind kind, UUID id, long startedAt) {
    for (Granularity granularity : COUNTED) {
      all.add(new Row(kind, id, granularity, granularity.bucketOf(startedAt)));
    }
  }
}
