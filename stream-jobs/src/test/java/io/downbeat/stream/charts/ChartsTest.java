package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.Plays;
import io.downbeat.stream.counts.Counts;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** Counts and charts together, on Flink's own small cluster. */
class ChartsTest {
  private static final Instant START = Instant.parse("2025-12-27T00:00:00Z");
  private static final OpenWindow WINDOW = new OpenWindow(36);
  private static final StateTtlConfig MEMORY = BucketExpiry.of(WINDOW, Duration.ofDays(45));
  private static final Id EVERYTHING = new Id(0, 0);

  private record Key(Id scope, Granularity window, Instant start) {}

  @Test
  void shuffledAndDoubledPlaysMakeTheChartsOfARecount() throws Exception {
    Random random = new Random(3);
    List<CatalogTrack> tracks = new ArrayList<>();
    for (int t = 0; t < 300; t++) {
      List<Id> genres =
          t % 5 == 0 ? List.of(new Id(8, 0), new Id(8, 1)) : List.of(new Id(8, t % 4));
      tracks.add(
          new CatalogTrack(
              new Id(4, t), List.of(new Id(5, t % 40)), null, genres, START.toEpochMilli()));
    }
    List<HeardPlay> plays = new ArrayList<>();
    for (int p = 0; p < 20_000; p++) {
      Id track = new Id(4, (int) (320 * random.nextDouble() * random.nextDouble()));
      long startedAt = START.toEpochMilli() + random.nextInt((int) Duration.ofDays(10).toMillis());
      plays.add(Plays.play(p, track, startedAt, random.nextInt(120_000), EndReason.COMPLETED));
    }
    Map<Key, List<ChartEntry>> expected = recount(plays, tracks);
    List<HeardPlay> sent = new ArrayList<>(plays);
    sent.addAll(plays.subList(0, 2_000));
    Collections.shuffle(sent, random);

    assertThat(charts(sent, tracks)).isEqualTo(expected);
  }

  private static Map<Key, List<ChartEntry>> recount(
      List<HeardPlay> plays, List<CatalogTrack> tracks) {
    Map<Key, Map<Id, Long>> streams = new HashMap<>();
    Map<Id, CatalogTrack> known = new HashMap<>();
    tracks.forEach(track -> known.put(track.trackId(), track));
    for (HeardPlay play : plays) {
      if (play.playedMillis() >= 30_000) {
        List<Id> scopes = new ArrayList<>(List.of(EVERYTHING));
        if (known.containsKey(play.trackId())) {
          scopes.addAll(known.get(play.trackId()).genres());
        }
        Instant time = Instant.ofEpochMilli(play.startedAt());
        LocalDate monday =
            LocalDate.ofInstant(time, ZoneOffset.UTC)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        for (Id scope : scopes) {
          for (Key key :
              List.of(
                  new Key(scope, Granularity.HOUR, time.truncatedTo(ChronoUnit.HOURS)),
                  new Key(scope, Granularity.DAY, time.truncatedTo(ChronoUnit.DAYS)),
                  new Key(
                      scope, Granularity.WEEK, monday.atStartOfDay().toInstant(ZoneOffset.UTC)))) {
            streams
                .computeIfAbsent(key, absent -> new HashMap<>())
                .merge(play.trackId(), 1L, Long::sum);
          }
        }
      }
    }
    Map<Key, List<ChartEntry>> charts = new HashMap<>();
    streams.forEach(
        (key, byTrack) ->
            charts.put(
                key,
                byTrack.entrySet().stream()
                    .map(each -> new ChartEntry(each.getKey().toUuid(), each.getValue()))
                    .sorted()
                    .limit(100)
                    .toList()));
    return charts;
  }

  private static Map<Key, List<ChartEntry>> charts(List<HeardPlay> plays, List<CatalogTrack> tracks)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    DataStream<LoggedPlay> logged = env.fromData(Plays.logged(plays), LoggedPlay.TYPE);
    DataStream<HeardPlay> heard =
        FirstOfEachPlay.append(logged, "plays", Duration.ofDays(1), Duration.ofDays(1));
    DataStream<CatalogTrack> catalog = env.fromData(tracks, CatalogTrack.TYPE);
    DataStream<Tally[]> totals =
        Counts.append(heard, catalog, WINDOW, MEMORY, Duration.ofMillis(20), false);
    Map<Key, Chart> last = new HashMap<>();
    try (CloseableIterator<Chart> charts =
        Charts.append(totals, catalog, WINDOW, MEMORY, false).executeAndCollect()) {
      charts.forEachRemaining(
          chart -> {
            Key key =
                new Key(
                    chart.key().scope(),
                    chart.key().window(),
                    Instant.ofEpochMilli(chart.key().start()));
            Chart before = last.put(key, chart);
            if (before != null) {
              assertThat(chart.streams()).isGreaterThanOrEqualTo(before.streams());
            }
          });
    }
    Map<Key, List<ChartEntry>> entries = new HashMap<>();
    last.forEach((key, chart) -> entries.put(key, chart.entries()));
    return entries;
  }
}
