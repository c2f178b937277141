package io.downbeat.batch.recommendations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.batch.Batch;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.publish.ModelVersions;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.ModelBucket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Plays with planted tastes, on real servers; the job as a process of its own, also killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainRecommendationsIT {
  private static final int LENGTH = 20;
  private static final String[] ARGUMENTS = {
    "train-recommendations", "--as-of", PlantedPlays.AS_OF.toString()
  };
  private static final Instant RECENT_FROM = PlantedPlays.AS_OF.minus(Duration.ofDays(30));

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final PlantedPlays plays = new PlantedPlays();

  @TempDir static Path home;
  private Batch batch;
  private CqlSession session;
  private long snapshot;

  @BeforeAll
  void train() throws Exception {
    batch = batch(fresh.cassandra().getPort());
    batch.send(tracks().stream().map(TrainRecommendationsIT::catalogued).toList());
    batch.sendUnreadable(new UUID(9, 9));
    BatchConfig config = batch.config();
    session = config.cassandra().connect();
    try (Lake lake = Lake.open(config.lake())) {
      assertThatThrownBy(lake::playsSnapshot).isInstanceOf(Exception.class);
      plays.write(fresh, lake);
      snapshot = lake.playsSnapshot();
    }
    run();
  }

  @AfterAll
  void close() {
    session.close();
  }

  @Test
  void everyListenerGetsTracksOfTheirTasteAndNoneTheyHeardOfLate() {
    Map<UUID, Set<UUID>> recent = heard(RECENT_FROM);
    Map<UUID, Set<UUID>> ever = heard(Instant.EPOCH);
    int inTaste = 0;
    int all = 0;
    for (UUID user : users()) {
      Row row = listener(live(), user);
      List<UUID> home = row.getList("home", UUID.class);
      List<UUID> discover = row.getList("discover", UUID.class);
      assertThat(row.getString("based_on")).isEqualTo("taste");
      assertThat(home).hasSize(LENGTH).doesNotHaveDuplicates();
      assertThat(home).doesNotContainAnyElementsOf(recent.get(user));
      assertThat(discover).isNotEmpty().doesNotContainAnyElementsOf(ever.get(user));
      all += home.size();
      inTaste += (int) home.stream().filter(track -> taste(track) == taste(user)).count();
    }
    assertThat((double) inTaste / all).isGreaterThan(0.9);
  }

  @Test
  void listenersOfDifferentTastesShareAtMostThreeTracksInTen() {
    for (int n = 0; n < PlantedPlays.LISTENERS; n++) {
      for (int taste = 1; taste < PlantedPlays.TASTES; taste++) {
        Set<UUID> shared = new HashSet<>(home(new UUID(0, n)));
        shared.retainAll(home(new UUID(taste, n)));
        assertThat(shared).hasSizeLessThanOrEqualTo(LENGTH * 3 / 10);
      }
    }
  }

  @Test
  void similarTracksAreOfTheSameTasteAndNeverTheTrackItself() {
    int same = 0;
    int all = 0;
    for (UUID track : tracks()) {
      List<UUID> similar =
          session
              .execute(
                  "SELECT similar FROM similar_tracks WHERE version = ? AND bucket = ? AND track_id = ?",
                  live(),
                  ModelBucket.of(track),
                  track)
              .one()
              .getList(0, UUID.class);
      assertThat(similar).hasSize(LENGTH).doesNotContain(track);
      all += similar.size();
      same += (int) similar.stream().filter(other -> taste(other) == taste(track)).count();
    }
    assertThat((double) same / all).isGreaterThan(0.9);
  }

  @Test
  void whoHeardTooLittleGetsWhatIsPopularInThatGenreAndWhoHeardNothingWhatAllHear() {
    Row light = listener(live(), PlantedPlays.LIGHT);
    assertThat(light.getString("based_on")).isEqualTo("genres");
    List<UUID> ofTheGenre = new ArrayList<>(mostStreamed(2).subList(0, LENGTH));
    ofTheGenre.remove(PlantedPlays.track(2, 0));
    assertThat(light.getList("home", UUID.class))
        .hasSize(LENGTH)
        .startsWith(ofTheGenre.toArray(UUID[]::new));
    assertThat(popular(Popular.EVERYTHING)).isEqualTo(mostStreamed(-1).subList(0, LENGTH));
    for (int taste = 0; taste < PlantedPlays.TASTES; taste++) {
      assertThat(popular(GenreId.of("Taste " + taste)))
          .isEqualTo(mostStreamed(taste).subList(0, LENGTH));
    }
  }

  @Test
  void whatIsHeardFromTheDateOnIsNotLearnedFrom() {
    assertThat(
            row(
                "SELECT user_id FROM recommendations WHERE version = ? AND bucket = ? AND user_id = ?",
                live(),
                ModelBucket.of(new UUID(3, 2_000)),
                new UUID(3, 2_000)))
        .isNull();
  }

  @Test
  void theTrainingIsARowOfTheLake() {
    try (Lake lake = Lake.open(batch.config().lake())) {
      List<org.apache.spark.sql.Row> rows =
          lake.spark()
              .sql(
                  "SELECT * FROM downbeat.`%s`.models WHERE version = %d"
                      .formatted(fresh.lakeNamespace(), live()))
              .collectAsList();
      assertThat(rows).hasSize(1);
      org.apache.spark.sql.Row row = rows.get(0);
      assertThat(row.<Long>getAs("plays_snapshot_id")).isEqualTo(snapshot);
      assertThat(row.<Instant>getAs("as_of")).isEqualTo(PlantedPlays.AS_OF);
      Map<String, String> parameters = row.getJavaMap(row.fieldIndex("parameters"));
      assertThat(parameters).containsEntry("rank", "8");
      Map<String, Double> metrics = row.getJavaMap(row.fieldIndex("metrics"));
      assertThat(metrics)
          .containsEntry("listeners", (double) PlantedPlays.TASTES * PlantedPlays.LISTENERS)
          .containsEntry("tracks", (double) PlantedPlays.TASTES * PlantedPlays.TRACKS);
      assertThat(metrics.get("recall_at_20"))
          .isGreaterThan(2 * metrics.get("popularity_recall_at_20"));
    }
  }

  @Test
  void aKilledTrainingLeavesWhatIsServedAndTheNextRemovesWhatItLeft() throws Exception {
    long served = live();
    Map<UUID, List<UUID>> before = homes();
    for (String line : List.of("enough streams", "Writes version", "Wrote what 200 listeners")) {
      batch.killAt(line, ARGUMENTS);
      assertThat(live()).as("live after a kill at '%s'", line).isEqualTo(served);
      assertThat(homes()).as("served after a kill at '%s'", line).isEqualTo(before);
    }
    killBeforeTheFlip();
    assertThat(live()).as("live after a kill before the flip").isEqualTo(served);
    assertThat(homes()).as("served after a kill before the flip").isEqualTo(before);
    long whole = versions().stream().mapToLong(version -> version).max().orElseThrow();
    assertThat(rows(whole)).as("all rows were written").isEqualTo(rows(served));
    assertThat(versions()).contains(served).hasSizeGreaterThan(1);

    run();
    long second = live();
    assertThat(second).isGreaterThan(served);
    assertThat(versions()).containsExactlyInAnyOrder(served, second);
    assertThat(writtenVersions()).containsExactlyInAnyOrder(served, second);

    batch.run("rollback-recommendations");
    assertThat(live()).isEqualTo(served);
    assertThat(homes()).isEqualTo(before);
    batch.run("rollback-recommendations");
    assertThat(live()).isEqualTo(second);

    run();
    assertThat(versions()).containsExactlyInAnyOrder(second, live());
    assertThat(writtenVersions()).containsExactlyInAnyOrder(second, live());
  }

  /** Its last row is written, and the statement that would make it live is on its way. */
  private void killBeforeTheFlip() throws Exception {
    try (Relay relay = new Relay(fresh.cassandra(), "UPDATE models SET live")) {
      ChildJvm job = batch(relay.port()).startUntil("Wrote what is similar", ARGUMENTS);
      assertThat(relay.held().await(3, TimeUnit.MINUTES)).isTrue();
      job.kill();
    }
  }

  private void run() {
    batch.run(ARGUMENTS);
  }

  /**
   * @param cassandraPort on this machine
   */
  private Batch batch(int cassandraPort) {
    String base = "downbeat.batch.";
    return new Batch(
        fresh,
        home,
        Map.of(
            base + "cassandra.contact-point",
            "127.0.0.1:" + cassandraPort,
            base + "recommendations.rank",
            8,
            base + "recommendations.iterations",
            5,
            base + "recommendations.list-length",
            LENGTH));
  }

  private static Track catalogued(UUID track) {
    return Track.newBuilder()
        .setTrackId(track)
        .setTitle("Track")
        .setGenres(List.of("Taste " + taste(track)))
        .setUpdatedAt(PlantedPlays.AS_OF)
        .build();
  }

  private static List<UUID> users() {
    List<UUID> users = new ArrayList<>();
    for (int taste = 0; taste < PlantedPlays.TASTES; taste++) {
      for (int n = 0; n < PlantedPlays.LISTENERS; n++) {
        users.add(new UUID(taste, n));
      }
    }
    return users;
  }

  private static List<UUID> tracks() {
    List<UUID> tracks = new ArrayList<>();
    for (int taste = 0; taste < PlantedPlays.TASTES; taste++) {
      for (int n = 0; n < PlantedPlays.TRACKS; n++) {
        tracks.add(PlantedPlays.track(taste, n));
      }
    }
    return tracks;
  }

  private static long taste(UUID id) {
    return id.getMostSignificantBits() % 10;
  }

  private Map<UUID, Set<UUID>> heard(Instant from) {
    return plays.all.stream()
        .filter(play -> !play.at().isBefore(from) && play.at().isBefore(PlantedPlays.AS_OF))
        .collect(
            Collectors.groupingBy(
                PlantedPlays.Heard::user,
                Collectors.mapping(PlantedPlays.Heard::track, Collectors.toSet())));
  }

  /** Of one taste, or of all for -1; the lower id first among equals. */
  private List<UUID> mostStreamed(int taste) {
    Map<UUID, Long> streams =
        plays.all.stream()
            .filter(play -> play.end().equals("completed"))
            .filter(play -> play.at().isBefore(PlantedPlays.AS_OF))
            .filter(play -> taste < 0 || taste(play.track()) == taste)
            .collect(Collectors.groupingBy(PlantedPlays.Heard::track, Collectors.counting()));
    return streams.entrySet().stream()
        .sorted(
            Map.Entry.<UUID, Long>comparingByValue()
                .reversed()
                .thenComparing(entry -> entry.getKey().toString()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private long live() {
    return new ModelVersions(session, TrainRecommendations.MODEL).live().orElseThrow();
  }

  private Map<UUID, List<UUID>> homes() {
    Map<UUID, List<UUID>> homes = new HashMap<>();
    users().forEach(user -> homes.put(user, home(user)));
    return homes;
  }

  private List<UUID> home(UUID user) {
    return listener(live(), user).getList("home", UUID.class);
  }

  private Row listener(long version, UUID user) {
    return row(
        "SELECT * FROM recommendations WHERE version = ? AND bucket = ? AND user_id = ?",
        version,
        ModelBucket.of(user),
        user);
  }

  private List<UUID> popular(UUID scope) {
    return row("SELECT tracks FROM popular_tracks WHERE version = ? AND scope = ?", live(), scope)
        .getList(0, UUID.class);
  }

  private Row row(String query, Object... values) {
    return session.execute(query, values).one();
  }

  private Set<Long> versions() {
    return session.execute("SELECT version FROM models").all().stream()
        .map(row -> row.getLong(0))
        .collect(Collectors.toSet());
  }

  /** How many a version has in each table. */
  private Map<String, Long> rows(long version) {
    return Stream.of("recommendations", "similar_tracks", "popular_tracks")
        .collect(
            Collectors.toMap(
                table -> table,
                table ->
                    session.execute("SELECT version FROM " + table).all().stream()
                        .filter(row -> row.getLong(0) == version)
                        .count()));
  }

  private Set<Long> writtenVersions() {
    return Stream.of("recommendations", "similar_tracks", "popular_tracks")
        .flatMap(table -> session.execute("SELECT version FROM " + table).all().stream())
        .map(row -> row.getLong(0))
        .collect(Collectors.toSet());
  }
}
