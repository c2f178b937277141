package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.Plays;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** The topology between sources and sinks, on Flink's own small cluster. */
class CountsTest {
  private static final long HOUR = 3_600_000;

  private record Key(CountedKind kind, Id id, Granularity granularity, long start) {}

  @Test
  void shuffledAndDoubledPlaysOfKnownAndUnknownTracksAreCountedOnceForAllTheyCountFor()
      throws Exception {
    Random random = new Random(7);
    List<CatalogTrack> tracks = new ArrayList<>();
    for (int t = 0; t < 40; t++) {
      List<Id> artists =
          t % 3 == 0
              ? List.of(new Id(5, t % 7))
              : List.of(new Id(5, t % 7), new Id(5, 100 + t % 5));
      Id album = t % 4 == 0 ? null : new Id(6, t % 9);
      tracks.add(new CatalogTrack(new Id(4, t), artists, album, List.of(new Id(8, t % 2))));
    }
    List<HeardPlay> plays = new ArrayList<>();
    for (int p = 0; p < 5_000; p++) {
      EndReason end = random.nextInt(4) == 0 ? EndReason.SKIPPED : EndReason.COMPLETED;
      plays.add(
          Plays.play(
              p,
              new Id(4, random.nextInt(50)), // 40 to 49 are in no catalogue
              random.nextInt(72) * HOUR + random.nextInt((int) HOUR),
              random.nextInt(240_000),
              end));
    }
    Map<Key, List<Long>> expected = recount(plays, tracks);
    List<HeardPlay> sent = new ArrayList<>(plays);
    sent.addAll(plays.subList(0, 1_000));
    Collections.shuffle(sent, random);

    assertThat(count(sent, tracks)).isEqualTo(expected);
  }

  private static Map<Key, List<Long>> recount(List<HeardPlay> plays, List<CatalogTrack> tracks) {
    Map<Key, List<Long>> totals = new HashMap<>();
    for (HeardPlay play : plays) {
      add(totals, CountedKind.TRACK, play.trackId(), play);
      add(totals, CountedKind.EVERYTHING, new Id(0, 0), play);
      for (CatalogTrack track : tracks) {
        if (track.trackId().equals(play.trackId())) {
          track.artists().forEach(artist -> add(totals, CountedKind.ARTIST, artist, play));
          if (track.album() != null) {
            add(totals, CountedKind.ALBUM, track.album(), play);
          }
          track.genres().forEach(genre -> add(totals, CountedKind.GENRE, genre, play));
        }
      }
    }
    return totals;
  }

  private static void add(Map<Key, List<Long>> totals, CountedKind kind, Id id, HeardPlay play) {
    List<Long> one =
        List.of(
            1L,
            play.playedMillis() >= 30_000 ? 1L : 0L,
            play.playedMillis(),
            play.endReason() == EndReason.SKIPPED ? 1L : 0L);
    for (Granularity granularity : Granularity.values()) {
      long length = granularity == Granularity.HOUR ? HOUR : 24 * HOUR;
      Key key = new Key(kind, id, granularity, play.startedAt() / length * length);
      totals.merge(
          key,
          one,
          (a, b) ->
              List.of(
                  a.get(0) + b.get(0),
                  a.get(1) + b.get(1),
                  a.get(2) + b.get(2),
                  a.get(3) + b.get(3)));
    }
  }

  private static Map<Key, List<Long>> count(List<HeardPlay> plays, List<CatalogTrack> tracks)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    DataStream<HeardPlay> heard = env.fromData(plays, TypeInformation.of(HeardPlay.class));
    DataStream<CatalogTrack> catalog = env.fromData(tracks, TypeInformation.of(CatalogTrack.class));
    Map<Key, List<Long>> last = new HashMap<>();
    try (CloseableIterator<Tally[]> totals =
        Counts.append(
                FirstOfEachPlay.append(heard, Duration.ofDays(1)), catalog, Duration.ofMillis(20))
            .executeAndCollect()) {
      totals.forEachRemaining(
          together -> Arrays.stream(together).forEach(total -> keepNewest(last, total)));
    }
    return last;
  }

  private static void keepNewest(Map<Key, List<Long>> last, Tally total) {
    Bucket bucket = total.bucket();
    Key key = new Key(bucket.kind(), bucket.id(), bucket.granularity(), bucket.start());
    List<Long> measures = Arrays.stream(total.measures()).boxed().toList();
    List<Long> before = last.put(key, measures);
    if (before != null) {
      for (int i = 0; i < measures.size(); i++) {
        assertThat(measures.get(i)).as("never goes back").isGreaterThanOrEqualTo(before.get(i));
      }
    }
  }
}
