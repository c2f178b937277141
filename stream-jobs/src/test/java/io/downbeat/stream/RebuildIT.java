package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.topics.Topics;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** All state is lost and counts are wrong: they are made anew from the lake and the log. */
@Tag("long")
class RebuildIT {
  private static final int PLAYS = 4_000;
  private static final int TRACKS = 40;
  private static final Instant TODAY = Instant.now().truncatedTo(ChronoUnit.DAYS);

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Random random = new Random(7);
  private final List<Play> plays = new ArrayList<>();
  private final Library library = new Library();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @Test
  void countsAreExactAgainWhilePlaysComeInAndWhateverIsKilled() throws Exception {
    try (RunningJob job = job(PlaysJob.class)) {
      for (int t = 0; t < TRACKS; t++) {
        job.send(Topics.TRACKS, new UUID(4, t), track(t));
      }
      job.start();
      for (int i = 0; i < PLAYS; i++) {
        send(job, newPlay(), 1 + i % 10 / 9);
      }
      library.change(job, 500);
      job.flush();
      job.await("fans", () -> ServedCounts.fans(job.session).equals(library.fans()));
      job.await("the lake", () -> lake(job).size() == PLAYS);
      job.await("counts", () -> counts(job).equals(recount()));
      job.await("popularity", () -> popularity().differences(fresh).isEmpty());
      job.process.kill();

      long wrong = Epoch.FIRST.timestamp(9_999_999);
      job.session.execute(
          "UPDATE counts USING TIMESTAMP "
              + wrong
              + " SET measures = measures + {'plays': 9999999, 'listeners': 9999999}"
              + " WHERE kind = 'everything' AND id = 00000000-0000-0000-0000-000000000000"
              + " AND granularity = 'day' AND start = "
              + TODAY.toEpochMilli());
      job.session.execute(
          "UPDATE charts USING TIMESTAMP "
              + wrong
              + " SET top = [] WHERE scope = "
              + CountedKind.EVERYTHING_ID
              + " AND window = 'day' AND start = "
              + TODAY.toEpochMilli());
      job.session.execute(
          "UPDATE counts USING TIMESTAMP "
              + wrong
              + " SET measures = measures + {'likes_added': 9999999}"
              + " WHERE kind = 'track' AND id = 00000000-0000-0004-0000-000000000001"
              + " AND granularity = 'all' AND start = 0");
      assertThat(counts(job)).isNotEqualTo(recount());
      assertThat(ServedCounts.fans(job.session)).isNotEqualTo(library.fans());
      UUID track = new UUID(4, 1);
      job.send(Topics.POPULARITY, track, new Popularity(PopularityKind.TRACK, track, 9_999f));
      job.flush();
      assertThat(popularity().differences(fresh)).hasSize(1);
      delete(home.resolve("state"));
    }

    AtomicBoolean rebuilt = new AtomicBoolean();
    try (RunningJob job = job(PlaysJob.class);
        RunningJob rebuild = job(RebuildJob.class)) {
      Thread producer = new Thread(() -> sendUntil(job, rebuilt), "producer");
      producer.start();
      rebuild.start();
      rebuild.process.kill();
      rebuild.process.start();
      assertThat(rebuild.process.onExit().get(3, TimeUnit.MINUTES))
          .as("exit code; the log is %s", rebuild.process.logFile())
          .isZero();
      job.start();
      job.process.kill();
      job.start();
      rebuilt.set(true);
      producer.join();
      library.change(job, 50);
      job.flush();

      job.await("fans", () -> ServedCounts.fans(job.session).equals(library.fans()));
      job.await("counts", () -> counts(job).equals(recount()));
      job.await("popularity", () -> popularity().differences(fresh).isEmpty());
      job.await("charts", () -> dayCharts(job).equals(topOfDays()));
      job.await("the lake", () -> lake(job).size() >= plays.size());
      assertThat(lake(job)).doesNotHaveDuplicates().hasSize(plays.size());
      assertThat(job.session.execute("SELECT play_id FROM recent_plays").all())
          .hasSize(plays.size());

      job.process.kill();
      delete(home.resolve("state"));
      for (int i = 0; i < 100; i++) {
        send(job, newPlay(), 2);
      }
      library.change(job, 50);
      job.flush();
      job.start();
      job.await("counts of a job that found no state", () -> counts(job).equals(recount()));
      job.await("its fans", () -> ServedCounts.fans(job.session).equals(library.fans()));
      assertThat(job.metrics()).as("after those of its rebuild").isNotEmpty();
      job.await("the lake", () -> lake(job).size() >= plays.size());
      assertThat(lake(job)).doesNotHaveDuplicates().hasSize(plays.size());
    }
  }

  private RunningJob job(Class<?> mainClass) {
    return new RunningJob(fresh, home, mainClass, List.of(), Map.of());
  }

  /** Some forty a second, each tenth of them an old one once more. */
  private void sendUntil(RunningJob job, AtomicBoolean done) {
    while (!done.get()) {
      try {
        send(job, newPlay(), 1);
        library.change(job, 1);
        if (plays.size() % 10 == 0) {
          send(job, plays.get(random.nextInt(plays.size())), 1);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
    }
  }

  private static void send(RunningJob job, Play play, int times) throws IOException {
    UUID key = play.getDeviceId() == null ? play.getUserId() : play.getDeviceId();
    for (int i = 0; i < times; i++) {
      job.send(Topics.PLAYS, key, play);
    }
  }

  /** Every other one is numbered by its device; each twentieth is of a day that is closed. */
  private Play newPlay() {
    int i = plays.size();
    UUID user = new UUID(2, i % 60);
    int daysAgo = i % 20 == 0 ? 100 + random.nextInt(300) : random.nextInt(20);
    Play.Builder play =
        Play.newBuilder()
            .setPlayId(new UUID(1, i))
            .setUserId(user)
            .setTrackId(new UUID(4, random.nextInt(TRACKS)))
            .setStartedAt(
                TODAY
                    .minus(daysAgo, ChronoUnit.DAYS)
                    .plusMillis(random.nextLong(Duration.ofDays(1).toMillis())))
            .setPlayedMillis(random.nextInt(200_000))
            .setEndReason(random.nextInt(4) == 0 ? EndReason.SKIPPED : EndReason.COMPLETED)
            .setReceivedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    if (i % 2 == 0) {
      play.setDeviceId(new UUID(3, i % 60)).setDeviceSeq((long) i);
    }
    plays.add(play.build());
    return plays.get(i);
  }

  private static Track track(int t) {
    return Track.newBuilder()
        .setTrackId(new UUID(4, t))
        .setTitle("Track " + t)
        .setArtistIds(List.of(new UUID(5, t % 7)))
        .setGenres(List.of())
        .setUpdatedAt(TODAY)
        .build();
  }

  private static boolean isOpen(Play play) {
    return play.getStartedAt().isAfter(TODAY.minus(50, ChronoUnit.DAYS));
  }

  private Map<String, Long> recount() {
    Map<String, Long> totals = new HashMap<>();
    Map<String, Set<UUID>> listeners = new HashMap<>();
    for (Play play : plays) {
      long t = play.getTrackId().getLeastSignificantBits();
      for (String thing :
          List.of(
              "track " + play.getTrackId(),
              "artist " + new UUID(5, t % 7),
              "everything " + CountedKind.EVERYTHING_ID)) {
        if (isOpen(play)) {
          for (ChronoUnit unit : List.of(ChronoUnit.HOURS, ChronoUnit.DAYS)) {
            String bucket =
                "%s %s %s "
                    .formatted(
                        thing,
                        unit == ChronoUnit.DAYS ? "day" : "hour",
                        play.getStartedAt().truncatedTo(unit));
            totals.merge(bucket + "plays", 1L, Long::sum);
            totals.merge(bucket + "listened_millis", play.getPlayedMillis(), Long::sum);
            totals.merge(bucket + "streams", play.getPlayedMillis() >= 30_000 ? 1L : 0L, Long::sum);
            totals.merge(
                bucket + "skips", play.getEndReason() == EndReason.SKIPPED ? 1L : 0L, Long::sum);
          }
          String day = thing + " day " + play.getStartedAt().truncatedTo(ChronoUnit.DAYS);
          listeners
              .computeIfAbsent(day + " listeners", absent -> new HashSet<>())
              .add(play.getUserId());
        }
        listeners
            .computeIfAbsent(
                thing + " all " + Instant.EPOCH + " listeners", absent -> new HashSet<>())
            .add(play.getUserId());
      }
    }
    listeners.forEach((bucket, users) -> totals.put(bucket, (long) users.size()));
    totals.values().removeIf(total -> total == 0);
    return totals;
  }

  private ExpectedPopularity popularity() {
    ExpectedPopularity popularity = new ExpectedPopularity();
    for (Play play : plays) {
      if (isOpen(play)) {
        long t = play.getTrackId().getLeastSignificantBits();
        popularity.add(PopularityKind.TRACK, play.getTrackId(), play);
        popularity.add(PopularityKind.ARTIST, new UUID(5, t % 7), play);
      }
    }
    return popularity;
  }

  private static Map<String, Long> counts(RunningJob job) {
    Map<String, Long> counts = ServedCounts.all(job.session);
    counts.values().removeIf(total -> total == 0);
    counts.keySet().removeIf(cell -> cell.endsWith("_added") || cell.endsWith("_removed"));
    return counts;
  }

  private Map<Instant, List<ChartEntry>> topOfDays() {
    Map<Instant, Map<UUID, Long>> streams = new HashMap<>();
    plays.stream()
        .filter(play -> isOpen(play) && play.getPlayedMillis() >= 30_000)
        .forEach(
            play ->
                streams
                    .computeIfAbsent(
                        play.getStartedAt().truncatedTo(ChronoUnit.DAYS), day -> new HashMap<>())
                    .merge(play.getTrackId(), 1L, Long::sum));
    Map<Instant, List<ChartEntry>> charts = new HashMap<>();
    streams.forEach(
        (day, tracks) ->
            charts.put(
                day,
                tracks.entrySet().stream()
                    .map(track -> new ChartEntry(track.getKey(), track.getValue()))
                    .sorted()
                    .toList()));
    return charts;
  }

  private static Map<Instant, List<ChartEntry>> dayCharts(RunningJob job) {
    Map<Instant, List<ChartEntry>> charts = new HashMap<>();
    for (Row row : job.session.execute("SELECT * FROM charts")) {
      if (row.getString("window").equals("day")
          && row.getUuid("scope").equals(CountedKind.EVERYTHING_ID)) {
        charts.put(
            row.getInstant("start"),
            row.getList("top", TupleValue.class).stream()
                .map(entry -> new ChartEntry(entry.getUuid(0), entry.getLong(1)))
                .toList());
      }
    }
    return charts;
  }

  private static List<UUID> lake(RunningJob job) {
    return Stream.of("plays", "backfill").flatMap(name -> job.lakeRows(name).stream()).toList();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
