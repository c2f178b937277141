package io.downbeat.batch.totals;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.batch.Batch;
import io.downbeat.batch.lake.BackfillTable;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.totals.LakePlays.Play;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays in the lake, of which the stream has counted those of open days, and staged ones: what the
 * job makes of them, beside a plain count of them all. Each test goes on from the one before.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackfillIT {
  private static final UUID NIL = new UUID(0, 0);
  private static final int TRACKS = 130;
  private static final int UNKNOWN_FROM = 120;
  private static final long STREAMS_EPOCH = 1L << 52;

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  @TempDir static Path home;

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Random random = new Random(3);
  private final LocalDate firstOpen =
      LocalDate.ofInstant(Instant.now().minus(ClosedDays.CLOCKS_APART), ZoneOffset.UTC)
          .minusDays(35);
  private final List<Play> counted = new ArrayList<>();
  private final Set<UUID> known = new HashSet<>();
  private Batch batch;
  private CqlSession session;
  private long offset;

  private record Key(String kind, UUID id, String granularity, Instant start) {}

  private record ChartKey(UUID scope, String window, Instant start) {}

  private record Entry(UUID track, long streams) {}

  @BeforeAll
  void start() throws Exception {
    batch = new Batch(fresh, home);
    session = batch.config().cassandra().connect();
    LakePlays.create(fresh);
    learn(0, UNKNOWN_FROM);
    // The days before the first open one have left the window and are not closed yet.
    List<Play> ofTheStream = plays(2_000, firstOpen.minusDays(10), firstOpen.plusDays(30));
    append("plays", ofTheStream);
    counted.addAll(ofTheStream);
    streamCounts(ofTheStream);
  }

  @AfterAll
  void close() {
    session.close();
  }

  @Test
  @Order(1)
  void killedAnywhereItEndsWithEachStagedPlayCountedOnceAndTheDaysBeforeTheWindowClosed()
      throws Exception {
    List<Play> old = plays(600, LocalDate.of(2012, 3, 1), LocalDate.of(2012, 3, 20));
    List<Play> late = plays(600, firstOpen.minusDays(14), firstOpen.minusDays(3));
    List<Play> staged = new ArrayList<>(old);
    staged.addAll(late);
    // Copies: of staged plays, later in the log and not the same; and of what the lake has.
    staged.addAll(old.subList(0, 100).stream().map(this::garbledCopy).toList());
    staged.addAll(
        counted.stream()
            .filter(play -> isClosed(play.at()))
            .limit(50)
            .map(this::garbledCopy)
            .toList());
    append("backfill", staged);
    counted.addAll(old);
    counted.addAll(late);

    for (String step : List.of("Recounts ", "totals of hours", "charts")) {
      batch.killAt(step, "backfill");
      assertThat(lakePlays()).as("in the lake after a kill at '%s'", step).isEqualTo(counted());
    }
    // What the stream stages meanwhile comes with the next run.
    List<Play> more = plays(100, LocalDate.of(2012, 3, 19), LocalDate.of(2012, 3, 22));
    append("backfill", more);
    counted.addAll(more);

    runBesideCommits();

    assertCounted();
    assertThat(staged()).isZero();
    assertThat(recounts().keySet()).contains(firstOpen.minusDays(1)).hasSize(19 + 2 + 14);
  }

  @Test
  @Order(2)
  void aSecondTimeNothingChanges() throws Exception {
    Map<LocalDate, List<String>> before = recounts();
    batch.run("backfill");
    batch.run("close-days");
    assertThat(recounts()).isEqualTo(before);
    assertCounted();
  }

  @Test
  @Order(3)
  void whatIsStagedWhileItRunsStays() throws Exception {
    List<Play> first = plays(10, LocalDate.of(2013, 1, 1), LocalDate.of(2013, 1, 2));
    List<Play> second = plays(10, LocalDate.of(2013, 1, 2), LocalDate.of(2013, 1, 3));
    append("backfill", first);
    try (Lake lake = Lake.open(batch.config().lake())) {
      BackfillTable backfill = lake.backfill();
      long snapshot = backfill.snapshot().orElseThrow();
      LakePlays.append(fresh, lake, "backfill", second);
      backfill.merge(snapshot);
      backfill.remove(snapshot);
      assertThat(backfill.days(backfill.snapshot().orElseThrow()))
          .containsExactly(LocalDate.of(2013, 1, 2));
      LakePlays.append(fresh, lake, "backfill", first);
    }
    counted.addAll(first);
    counted.addAll(second);
    batch.run("backfill");
    assertCounted();
  }

  @Test
  @Order(4)
  void tracksThatTheCatalogueComesToKnowAreCreditedInClosedDays() throws Exception {
    assertThat(unknownTracks()).isEqualTo(playedUnknownTracks()).hasSizeGreaterThan(1);
    learn(UNKNOWN_FROM, TRACKS - 1);

    batch.run("backfill");

    assertCounted();
    assertThat(unknownTracks()).isEqualTo(playedUnknownTracks()).hasSize(1);
  }

  /** What the newest recounts of all days did not know. */
  private Set<UUID> unknownTracks() {
    return recounts().values().stream()
        .flatMap(List::stream)
        .map(UUID::fromString)
        .collect(Collectors.toSet());
  }

  private Set<UUID> playedUnknownTracks() {
    return counted.stream()
        .filter(play -> isClosed(play.at()))
        .map(Play::track)
        .filter(track -> !known.contains(track))
        .collect(Collectors.toSet());
  }

  private void runBesideCommits() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread commits =
        new Thread(
            () -> {
              try (RESTCatalog catalog = LakePlays.catalog(fresh)) {
                for (String name : List.of("plays", "backfill")) {
                  Table table = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), name));
                  while (!done.get()) {
                    table.newAppend().commit();
                  }
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    commits.start();
    try {
      batch.run("backfill");
    } finally {
      done.set(true);
      commits.join();
    }
  }

  private List<Play> plays(int number, LocalDate from, LocalDate to) {
    String[] ends = {"completed", "skipped", "stopped"};
    List<Play> plays = new ArrayList<>();
    // One of each day, so that it is known which have any.
    from.datesUntil(to).forEach(day -> plays.add(play(day, ends)));
    while (plays.size() < number) {
      plays.add(play(from.plusDays(random.nextInt((int) ChronoUnit.DAYS.between(from, to))), ends));
    }
    return plays;
  }

  private Play play(LocalDate day, String[] ends) {
    return new Play(
        new UUID(random.nextLong(), random.nextLong()),
        new UUID(0, random.nextInt(40)),
        track((int) Math.min(TRACKS - 1, Math.abs(random.nextGaussian()) * 60)),
        Days.start(day).plusMillis(random.nextInt(86_400_000)),
        29_999 + random.nextInt(3) * 60_000L,
        ends[random.nextInt(ends.length)],
        random.nextInt(3),
        offset++);
  }

  private Play garbledCopy(Play play) {
    return new Play(
        play.id(), play.user(), track(0), play.at(), 1, "failed", play.partition(), offset++);
  }

  private boolean isClosed(Instant at) {
    return at.isBefore(Days.start(firstOpen));
  }

  private void append(String table, List<Play> plays) throws Exception {
    try (Lake lake = Lake.open(batch.config().lake())) {
      LakePlays.append(fresh, lake, table, plays);
    }
  }

  private static UUID track(int n) {
    return new UUID(n % 2 == 0 ? 1 : -1, n);
  }

  private static UUID artist(UUID track) {
    return new UUID(2, track.getLeastSignificantBits() % 20);
  }

  private static UUID album(UUID track) {
    return new UUID(3, track.getLeastSignificantBits() % 40);
  }

  private static String genre(UUID track) {
    return "Genre " + track.getLeastSignificantBits() % 3;
  }

  private void learn(int from, int to) throws Exception {
    List<Track> tracks = new ArrayList<>();
    for (int n = from; n < to; n++) {
      UUID track = track(n);
      known.add(track);
      tracks.add(
          Track.newBuilder()
              .setTrackId(track)
              .setTitle("Track")
              .setArtistIds(List.of(artist(track)))
              .setAlbumId(album(track))
              .setGenres(List.of(genre(track)))
              .setUpdatedAt(Instant.now())
              .build());
    }
    batch.send(tracks);
  }

  /** What the stream has written of these plays, under its own epoch. */
  private void streamCounts(List<Play> plays) {
    buckets(plays)
        .forEach(
            (key, measures) ->
                measures.forEach(
                    (measure, total) ->
                        session.execute(
                            "UPDATE counts USING TIMESTAMP %d SET measures[?] = ? WHERE kind = ? AND id = ? AND granularity = ? AND start = ?"
                                .formatted(STREAMS_EPOCH + total),
                            measure,
                            total,
                            key.kind(),
                            key.id(),
                            key.granularity(),
                            key.start())));
  }

  private void assertCounted() throws Exception {
    assertThat(lakePlays()).isEqualTo(counted());
    Map<Key, Map<String, Long>> expected = buckets(counted);
    Map<Key, Map<String, Long>> closed = new HashMap<>();
    Map<Key, Map<String, Long>> seen = new HashMap<>();
    for (Row row : session.execute("SELECT * FROM counts")) {
      Map<String, Long> measures = new TreeMap<>(row.getMap("measures", String.class, Long.class));
      Key key =
          new Key(
              row.getString("kind"),
              row.getUuid("id"),
              row.getString("granularity"),
              row.getInstant("start"));
      if (key.granularity().equals("closed")) {
        closed.put(key, measures);
      } else {
        measures.merge("listeners", 0L, Long::sum);
        seen.put(key, measures);
      }
    }
    expected
        .keySet()
        .forEach(key -> assertThat(seen.get(key)).as("%s", key).isEqualTo(expected.get(key)));
    assertThat(seen.keySet()).isEqualTo(expected.keySet());
    assertThat(closed).isEqualTo(closedTotals(expected));

    Map<ChartKey, List<Entry>> charts = charts();
    Map<ChartKey, List<Entry>> written = new HashMap<>();
    for (Row row : session.execute("SELECT * FROM charts")) {
      written.put(
          new ChartKey(row.getUuid("scope"), row.getString("window"), row.getInstant("start")),
          row.getList("top", TupleValue.class).stream()
              .map(pair -> new Entry(pair.getUuid(0), pair.getLong(1)))
              .toList());
    }
    charts
        .keySet()
        .forEach(key -> assertThat(written.get(key)).as("%s", key).isEqualTo(charts.get(key)));
    assertThat(written.keySet()).isEqualTo(charts.keySet());
  }

  private Map<Key, Map<String, Long>> closedTotals(Map<Key, Map<String, Long>> buckets) {
    Map<Key, Map<String, Long>> closed = new HashMap<>();
    buckets.forEach(
        (key, measures) -> {
          if (key.granularity().equals("day") && isClosed(key.start())) {
            Map<String, Long> sum =
                closed.computeIfAbsent(
                    new Key(key.kind(), key.id(), "closed", Days.start(firstOpen)),
                    absent -> new TreeMap<>());
            measures.forEach((measure, total) -> sum.merge(measure, total, Long::sum));
            sum.remove("listeners");
          }
        });
    return closed;
  }

  private Map<Key, Map<String, Long>> buckets(List<Play> plays) {
    Map<Key, Map<String, Long>> buckets = new HashMap<>();
    Map<Key, Set<UUID>> users = new HashMap<>();
    for (Play play : plays) {
      Map<UUID, String> things = new HashMap<>(Map.of(NIL, "everything", play.track(), "track"));
      // The stream credits what it knows at once; the test lets only closed days wait.
      if (known.contains(play.track())) {
        things.put(artist(play.track()), "artist");
        things.put(album(play.track()), "album");
        things.put(GenreId.of(genre(play.track())), "genre");
      }
      things.forEach(
          (id, kind) -> {
            if (!isClosed(play.at())
                && !kind.equals("everything")
                && !kind.equals("track")
                && !knownAtFirst(play.track())) {
              return;
            }
            for (String granularity : List.of("hour", "day")) {
              Key key = new Key(kind, id, granularity, start(granularity, play.at()));
              Map<String, Long> sum = buckets.computeIfAbsent(key, absent -> new TreeMap<>());
              sum.merge("plays", 1L, Long::sum);
              sum.merge("streams", play.millis() >= 30_000 ? 1L : 0L, Long::sum);
              sum.merge("listened_millis", play.millis(), Long::sum);
              sum.merge("skips", play.end().equals("skipped") ? 1L : 0L, Long::sum);
              if (granularity.equals("day")) {
                users.computeIfAbsent(key, absent -> new HashSet<>()).add(play.user());
              }
            }
          });
    }
    buckets.forEach(
        (key, sum) -> sum.put("listeners", (long) users.getOrDefault(key, Set.of()).size()));
    return buckets;
  }

  private static boolean knownAtFirst(UUID track) {
    return track.getLeastSignificantBits() < UNKNOWN_FROM;
  }

  /** Of what is closed: the stream's part of this test writes none. */
  private Map<ChartKey, List<Entry>> charts() {
    Map<ChartKey, Map<UUID, Long>> streams = new HashMap<>();
    for (Play play : counted) {
      if (play.millis() < 30_000) {
        continue;
      }
      List<UUID> scopes = new ArrayList<>(List.of(NIL));
      if (known.contains(play.track())) {
        scopes.add(GenreId.of(genre(play.track())));
      }
      for (UUID scope : scopes) {
        for (String window : List.of("hour", "day", "week")) {
          Instant start = start(window, play.at());
          boolean closed =
              window.equals("week")
                  ? isClosed(start.plus(7, ChronoUnit.DAYS).minusMillis(1))
                  : isClosed(start);
          if (closed) {
            streams
                .computeIfAbsent(new ChartKey(scope, window, start), key -> new HashMap<>())
                .merge(play.track(), 1L, Long::sum);
          }
        }
      }
    }
    Map<ChartKey, List<Entry>> charts = new HashMap<>();
    streams.forEach(
        (key, tracks) ->
            charts.put(
                key,
                tracks.entrySet().stream()
                    .map(track -> new Entry(track.getKey(), track.getValue()))
                    .sorted(
                        Comparator.comparingLong(Entry::streams)
                            .thenComparing(entry -> entry.track().toString())
                            .reversed())
                    .limit(100)
                    .toList()));
    return charts;
  }

  private static Instant start(String granularity, Instant at) {
    return switch (granularity) {
      case "hour" -> at.truncatedTo(ChronoUnit.HOURS);
      case "day" -> at.truncatedTo(ChronoUnit.DAYS);
      default ->
          at.atOffset(ZoneOffset.UTC)
              .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
              .truncatedTo(ChronoUnit.DAYS)
              .toInstant();
    };
  }

  private List<String> counted() {
    return counted.stream()
        .map(play -> play.id() + " " + play.track() + " " + play.millis())
        .sorted()
        .toList();
  }

  private List<String> lakePlays() {
    try (Lake lake = Lake.open(batch.config().lake())) {
      return lake
          .spark()
          .sql("SELECT play_id, track_id, played_millis FROM " + table("plays"))
          .collectAsList()
          .stream()
          .map(row -> row.getString(0) + " " + row.getString(1) + " " + row.getLong(2))
          .sorted()
          .toList();
    }
  }

  private long staged() {
    try (Lake lake = Lake.open(batch.config().lake())) {
      return lake.spark().table(table("backfill")).count();
    }
  }

  /** By day: the tracks that its newest recount did not know. */
  private Map<LocalDate, List<String>> recounts() {
    Map<LocalDate, List<String>> recounts = new TreeMap<>();
    try (Lake lake = Lake.open(batch.config().lake())) {
      lake.spark()
          .table(table("recounts"))
          .orderBy("recounted_at")
          .select("day", "unknown_tracks")
          .collectAsList()
          .forEach(row -> recounts.put(row.getLocalDate(0), row.getList(1)));
    }
    return recounts;
  }

  private String table(String name) {
    return "downbeat.`%s`.%s".formatted(fresh.lakeNamespace(), name);
  }
}
