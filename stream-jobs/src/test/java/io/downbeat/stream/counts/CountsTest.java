package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.Plays;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** The topology between sources and sinks, on Flink's own small cluster. */
class CountsTest {
  private static final long HOUR = 3_600_000;
  private static final OpenWindow WINDOW = new OpenWindow(36);

  /** On the window's last day; when the day is closed and, for some, the week; long after. */
  private static final int[] LATE_DAYS = {0, 0, 0, 0, 35, 36, 37, 38, 400};

  private record Key(CountedKind kind, Id id, Granularity granularity, long start) {}

  @Test
  void shuffledDoubledAndLatePlaysOfKnownAndUnknownTracksAreCountedOnceForAllThatIsOpen()
      throws Exception {
    Random random = new Random(7);
    List<CatalogTrack> tracks = new ArrayList<>();
    for (int t = 0; t < 40; t++) {
      List<Id> artists =
          t % 3 == 0
              ? List.of(new Id(5, t % 7))
              : List.of(new Id(5, t % 7), new Id(5, 100 + t % 5));
      Id album = t % 4 == 0 ? null : new Id(6, t % 9);
      tracks.add(new CatalogTrack(new Id(4, t), artists, album, List.of(new Id(8, t % 2)), 0));
    }
    List<HeardPlay> plays = new ArrayList<>();
    for (int p = 0; p < 5_000; p++) {
      EndReason end = random.nextInt(4) == 0 ? EndReason.SKIPPED : EndReason.COMPLETED;
      long startedAt = random.nextInt(72) * HOUR + random.nextInt((int) HOUR);
      plays.add(
          Plays.of(
              new Id(1, p),
              new Id(2, random.nextInt(200)),
              new Id(4, random.nextInt(50)), // 40 to 49 are in no catalogue
              startedAt,
              random.nextInt(240_000),
              end,
              startedAt + LATE_DAYS[random.nextInt(LATE_DAYS.length)] * 24 * HOUR));
    }
    Map<Key, List<Long>> expected = recount(plays, tracks);
    List<HeardPlay> sent = new ArrayList<>(plays);
    sent.addAll(plays.subList(0, 1_000));
    Collections.shuffle(sent, random);

    assertThat(count(sent, tracks)).isEqualTo(expected);
  }

  private static Map<Key, List<Long>> recount(List<HeardPlay> plays, List<CatalogTrack> tracks) {
    Recount recount = new Recount();
    for (HeardPlay play : plays) {
      recount.add(CountedKind.TRACK, play.trackId(), play);
      recount.add(CountedKind.EVERYTHING, new Id(0, 0), play);
      for (CatalogTrack track : tracks) {
        if (track.trackId().equals(play.trackId())) {
          track.artists().forEach(artist -> recount.add(CountedKind.ARTIST, artist, play));
          if (track.album() != null) {
            recount.add(CountedKind.ALBUM, track.album(), play);
          }
          track.genres().forEach(genre -> recount.add(CountedKind.GENRE, genre, play));
        }
      }
    }
    return recount.totals();
  }

  /**
   * Plays, streams, time and skips by hour and day, of tracks also by week, where these were open;
   * different listeners.
   */
  private static final class Recount {
    final Map<Key, List<Long>> measures = new HashMap<>();
    final Map<Key, Set<Id>> listeners = new HashMap<>();

    void add(CountedKind kind, Id id, HeardPlay play) {
      List<Long> one =
          List.of(
              1L,
              play.playedMillis() >= 30_000 ? 1L : 0L,
              play.playedMillis(),
              play.endReason() == EndReason.SKIPPED ? 1L : 0L);
      Key day = new Key(kind, id, Granularity.DAY, play.startedAt() / (24 * HOUR) * 24 * HOUR);
      Key allTime = new Key(kind, id, Granularity.ALL, 0);
      long firstOpenDay = play.loggedAt() / (24 * HOUR) - 35;
      if (play.startedAt() / (24 * HOUR) >= firstOpenDay) {
        plus(new Key(kind, id, Granularity.HOUR, play.startedAt() / HOUR * HOUR), one);
        plus(day, one);
        listeners.computeIfAbsent(day, absent -> new HashSet<>()).add(play.userId());
      }
      plus(allTime, List.of(0L, 0L, 0L, 0L));
      listeners.computeIfAbsent(allTime, absent -> new HashSet<>()).add(play.userId());
      // All plays are of the first three days of 1970; its first Monday was the fifth day.
      if (kind == CountedKind.TRACK && firstOpenDay <= 3) {
        plus(new Key(kind, id, Granularity.WEEK, -3 * 24 * HOUR), one);
      }
    }

    private void plus(Key key, List<Long> more) {
      measures.merge(
          key, more, (a, b) -> IntStream.range(0, 4).mapToObj(i -> a.get(i) + b.get(i)).toList());
    }

    Map<Key, List<Long>> totals() {
      Map<Key, List<Long>> totals = new HashMap<>();
      measures.forEach(
          (key, sums) ->
              totals.put(
                  key,
                  Stream.concat(
                          sums.stream(),
                          Stream.of((long) listeners.getOrDefault(key, Set.of()).size()))
                      .toList()));
      return totals;
    }
  }

  private static Map<Key, List<Long>> count(List<HeardPlay> plays, List<CatalogTrack> tracks)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    DataStream<LoggedPlay> logged = env.fromData(Plays.logged(plays), LoggedPlay.TYPE);
    DataStream<HeardPlay> heard =
        FirstOfEachPlay.append(logged, "plays", Duration.ofDays(1), Duration.ofDays(1));
    DataStream<CatalogTrack> catalog = env.fromData(tracks, CatalogTrack.TYPE);
    Map<Key, List<Long>> last = new HashMap<>();
    try (CloseableIterator<Tally[]> totals =
        Counts.append(
                heard,
                catalog,
                WINDOW,
                BucketExpiry.of(WINDOW, Duration.ofDays(45)),
                Duration.ofMillis(20),
                false)
            .executeAndCollect()) {
      totals.forEachRemaining(
          together -> Arrays.stream(together).forEach(total -> keepNewest(last, total)));
    }
    return last;
  }

  private static void keepNewest(Map<Key, List<Long>> last, Tally total) {
    Bucket bucket = total.bucket();
    Key key = new Key(bucket.kind(), bucket.id(), bucket.granularity(), bucket.start());
    List<Long> measures =
        LongStream.concat(Arrays.stream(total.measures()), LongStream.of(total.listeners()))
            .boxed()
            .toList();
    List<Long> before = last.put(key, measures);
    if (before != null) {
      for (int i = 0; i < measures.size(); i++) {
        assertThat(measures.get(i)).as("never goes back").isGreaterThanOrEqualTo(before.get(i));
      }
    }
  }
}
