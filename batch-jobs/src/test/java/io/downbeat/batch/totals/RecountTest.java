package io.downbeat.batch.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.batch.catalog.CatalogTrack;
import io.downbeat.batch.lake.LocalSpark;
import io.downbeat.schemas.rules.Granularity;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
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
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Beside a count in plain Java that shares no rule with it. */
class RecountTest {
  private static final Instant FROM = Instant.parse("2026-02-27T00:00:00Z");
  private static final int DAYS = 5; // A Friday to a Tuesday: two weeks and two months.
  private static final int TRACKS = 150;
  private static final int UNKNOWN_FROM = 120;
  private static final UUID NIL = new UUID(0, 0);

  private record Play(UUID user, UUID track, Instant at, long millis, String end) {}

  private record Key(String kind, UUID id, String granularity, Instant start) {}

  private record ChartKey(UUID scope, String window, Instant start) {}

  private record Entry(UUID track, long streams) {}

  private static final class Sum {
    long plays;
    long streams;
    long millis;
    long skips;
    final Set<UUID> users = new HashSet<>();
  }

  private static final Random RANDOM = new Random(11);
  private static SparkSession spark;
  private static List<Play> plays;
  private static Map<UUID, CatalogTrack> catalogue;
  private static Recount recount;

  @BeforeAll
  static void plays() {
    spark = LocalSpark.session("recount");
    catalogue = new HashMap<>();
    for (int n = 0; n < UNKNOWN_FROM; n++) {
      catalogue.put(
          track(n),
          new CatalogTrack(
              track(n),
              ids(2, 1 + n % 2, 30),
              n % 5 == 0 ? null : new UUID(3, n % 40),
              ids(4, n % 3, 6),
              Instant.EPOCH));
    }
    plays = new ArrayList<>();
    String[] ends = {"completed", "skipped", "stopped", "failed", "unknown"};
    for (int n = 0; n < 8_000; n++) {
      // 30,000 ms is the least that is a stream: often met exactly and just missed.
      long millis = RANDOM.nextInt(4) == 0 ? 29_999 + RANDOM.nextInt(2) : RANDOM.nextInt(240_000);
      plays.add(
          new Play(
              new UUID(RANDOM.nextInt(3), RANDOM.nextInt(700)),
              track((int) Math.min(TRACKS - 1, Math.abs(RANDOM.nextGaussian()) * 60)),
              FROM.plusMillis(RANDOM.nextLong(Duration.ofDays(DAYS).toMillis())),
              millis,
              ends[RANDOM.nextInt(ends.length)]));
    }
    List<Row> rows =
        plays.stream()
            .map(
                play ->
                    RowFactory.create(
                        play.user().toString(),
                        play.track().toString(),
                        play.at(),
                        play.millis(),
                        play.end()))
            .toList();
    recount =
        Recount.of(
            spark
                .createDataFrame(
                    rows,
                    new StructType()
                        .add("user_id", DataTypes.StringType)
                        .add("track_id", DataTypes.StringType)
                        .add("started_at", DataTypes.TimestampType)
                        .add("played_millis", DataTypes.LongType)
                        .add("end_reason", DataTypes.StringType))
                .repartition(7),
            catalogue.values());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void hoursAndDaysAddUpToWhatAPlainCountFinds() {
    Map<Key, Sum> expected = new HashMap<>();
    for (Play play : plays) {
      for (String granularity : List.of("hour", "day")) {
        things(play.track())
            .forEach(
                (id, kind) ->
                    add(
                        expected,
                        new Key(kind, id, granularity, start(granularity, play.at())),
                        play));
      }
    }
    List<Row> found = recount.buckets().collectAsList();
    assertThat(found).hasSameSizeAs(expected.keySet());
    for (Row row : found) {
      Key key = key(row);
      Sum sum = expected.get(key);
      assertThat(sum).as("%s", key).isNotNull();
      assertThat(measures(row).subList(0, 4))
          .as("%s", key)
          .containsExactly(sum.plays, sum.streams, sum.millis, sum.skips);
      assertListeners(key.granularity().equals("day") ? sum.users.size() : 0, row);
    }
  }

  @Test
  void allTimeHasTheListenersAndNothingElse() {
    Map<Key, Sum> expected = new HashMap<>();
    for (Play play : plays) {
      things(play.track())
          .forEach((id, kind) -> add(expected, new Key(kind, id, "all", Instant.EPOCH), play));
    }
    List<Row> found = recount.buckets(Granularity.ALL).collectAsList();
    assertThat(found).hasSameSizeAs(expected.keySet());
    for (Row row : found) {
      assertThat(measures(row).subList(0, 4)).containsOnly(0L);
      assertListeners(expected.get(key(row)).users.size(), row);
    }
    assertThat(expected.get(new Key("everything", NIL, "all", Instant.EPOCH)).users)
        .hasSizeGreaterThan(1_024);
  }

  @Test
  void chartsHoldTheHundredMostStreamedInOrder() {
    Map<ChartKey, Map<UUID, Long>> streams = new HashMap<>();
    for (Play play : plays) {
      if (play.millis() < 30_000) {
        continue;
      }
      List<UUID> scopes = new ArrayList<>(List.of(NIL));
      if (catalogue.containsKey(play.track())) {
        scopes.addAll(catalogue.get(play.track()).genres());
      }
      for (UUID scope : scopes) {
        for (String window : List.of("hour", "day", "week")) {
          streams
              .computeIfAbsent(
                  new ChartKey(scope, window, start(window, play.at())), key -> new HashMap<>())
              .merge(play.track(), 1L, Long::sum);
        }
      }
    }
    List<Row> found = recount.charts().collectAsList();
    assertThat(found).hasSameSizeAs(streams.keySet());
    int full = 0;
    for (Row row : found) {
      ChartKey key =
          new ChartKey(
              UUID.fromString(row.getAs("scope")), row.getAs("window"), row.getAs("start"));
      List<Entry> expected =
          streams.get(key).entrySet().stream()
              .map(track -> new Entry(track.getKey(), track.getValue()))
              .sorted(
                  Comparator.comparingLong(Entry::streams)
                      .reversed()
                      .thenComparing(entry -> entry.track().toString(), Comparator.reverseOrder()))
              .limit(100)
              .toList();
      List<Entry> top =
          row.<Row>getList(row.fieldIndex("top")).stream()
              .map(
                  entry -> new Entry(UUID.fromString(entry.getAs("track")), entry.getAs("streams")))
              .toList();
      assertThat(top).as("%s", key).isEqualTo(expected);
      full += top.size() == 100 ? 1 : 0;
    }
    assertThat(full).isGreaterThan(DAYS);
  }

  /** Beyond 1,024 within four standard errors of the sketch. */
  private static void assertListeners(int expected, Row row) {
    long listeners = row.getAs("listeners");
    assertThat(listeners)
        .isBetween(
            expected > 1_024 ? Math.round(expected * 0.964) : expected,
            expected > 1_024 ? Math.round(expected * 1.036) : expected);
  }

  private static void add(Map<Key, Sum> sums, Key key, Play play) {
    Sum sum = sums.computeIfAbsent(key, absent -> new Sum());
    sum.plays++;
    sum.streams += play.millis() >= 30_000 ? 1 : 0;
    sum.millis += play.millis();
    sum.skips += play.end().equals("skipped") ? 1 : 0;
    sum.users.add(play.user());
  }

  private static Map<UUID, String> things(UUID track) {
    Map<UUID, String> things = new HashMap<>(Map.of(track, "track", NIL, "everything"));
    CatalogTrack known = catalogue.get(track);
    if (known != null) {
      known.artists().forEach(id -> things.put(id, "artist"));
      known.genres().forEach(id -> things.put(id, "genre"));
      if (known.album() != null) {
        things.put(known.album(), "album");
      }
    }
    return things;
  }

  private static Instant start(String granularity, Instant at) {
    ZonedDateTime time = at.atZone(ZoneOffset.UTC);
    return switch (granularity) {
      case "hour" -> at.truncatedTo(ChronoUnit.HOURS);
      case "day" -> at.truncatedTo(ChronoUnit.DAYS);
      default ->
          time.truncatedTo(ChronoUnit.DAYS)
              .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
              .toInstant();
    };
  }

  private static Key key(Row row) {
    return new Key(
        row.getAs("kind"),
        UUID.fromString(row.getAs("id")),
        row.getAs("granularity"),
        row.getAs("start"));
  }

  private static List<Long> measures(Row row) {
    return List.of(
        row.getAs("plays"),
        row.getAs("streams"),
        row.getAs("listened_millis"),
        row.getAs("skips"),
        row.getAs("listeners"));
  }

  private static UUID track(int n) {
    return new UUID(n % 2 == 0 ? 1 : -1, n);
  }

  private static List<UUID> ids(int kind, int count, int of) {
    Set<UUID> ids = new HashSet<>();
    while (ids.size() < count) {
      ids.add(new UUID(kind, RANDOM.nextInt(of)));
    }
    return List.copyOf(ids);
  }
}
