package io.downbeat.serving.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.ModelBucket;
import io.downbeat.serving.Eventually;
import io.downbeat.serving.audits.Audit;
import io.downbeat.serving.audits.CassandraAuditsStore;
import io.downbeat.serving.charts.CassandraChartsStore;
import io.downbeat.serving.charts.ChartsRequest;
import io.downbeat.serving.recent.CassandraRecentStore;
import io.downbeat.serving.recent.Cursor;
import io.downbeat.serving.recent.RecentPlay;
import io.downbeat.serving.recommendations.CassandraRecommendationsStore;
import io.downbeat.serving.recommendations.RecommendationsStore.Kind;
import io.downbeat.serving.recommendations.Recommended;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Charts, recent plays and recommendations, read from rows as their writer leaves them. */
final class ViewsIT {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTables();
  private static final CassandraReader READER = Readers.connected(FRESH);
  private static final CachedReads.Settings LISTS =
      new CachedReads.Settings(Duration.ofSeconds(30), 1 << 20);
  private static final CqlSession WRITER =
      CqlSession.builder()
          .addContactPoint(FRESH.cassandra())
          .withLocalDatacenter(FRESH.datacenter())
          .withKeyspace(FRESH.keyspace())
          .build();

  @AfterAll
  static void close() {
    WRITER.close();
    READER.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aChartIsReadInItsOrder() throws Exception {
    CassandraChartsStore store =
        new CassandraChartsStore(READER, Readers.UNCACHED, new SimpleMeterRegistry());
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    WRITER.execute(
        "UPDATE charts SET top = [(%s, 9), (%s, 8)] WHERE scope = %s AND window = 'hour' AND start = %d"
            .formatted(first, second, CountedKind.EVERYTHING_ID, NOON.toEpochMilli()));

    assertThat(
            get(
                store.entries(
                    new ChartsRequest(CountedKind.EVERYTHING_ID, Granularity.HOUR, NOON))))
        .containsExactly(new ChartEntry(first, 9), new ChartEntry(second, 8));
    assertThat(
            get(store.entries(new ChartsRequest(CountedKind.EVERYTHING_ID, Granularity.DAY, NOON))))
        .isEmpty();
  }

  @Test
  void recentPlaysAreReadPageByPageEachOnceNewestFirst() throws Exception {
    CassandraRecentStore store = new CassandraRecentStore(READER);
    UUID listener = UUID.randomUUID();
    for (int i = 0; i < 25; i++) {
      WRITER.execute(
          "INSERT INTO recent_plays (user_id, started_at, play_id, track_id, played_millis)"
              + " VALUES (?, ?, ?, ?, ?)",
          listener,
          NOON.plusSeconds(i / 3), // Some begin at the same moment.
          UUID.randomUUID(),
          UUID.randomUUID(),
          (long) i);
    }

    List<RecentPlay> all = new ArrayList<>();
    Optional<Cursor> cursor = Optional.empty();
    List<RecentPlay> page = get(store.plays(listener, cursor, 4));
    while (!page.isEmpty()) {
      all.addAll(page);
      RecentPlay last = page.get(page.size() - 1);
      cursor = Optional.of(new Cursor(last.startedAt(), last.playId()));
      page = get(store.plays(listener, cursor, 4));
    }

    assertThat(all).hasSize(25).doesNotHaveDuplicates();
    assertThat(all)
        .isSortedAccordingTo((a, b) -> b.startedAt().compareTo(a.startedAt()))
        .first()
        .extracting(RecentPlay::startedAt)
        .isEqualTo(NOON.plusSeconds(8));
    assertThat(get(store.plays(UUID.randomUUID(), Optional.empty(), 4))).isEmpty();
  }

  @Test
  void listsAreThoseOfTheVersionThatIsPointedAt() throws Exception {
    CassandraRecommendationsStore store =
        new CassandraRecommendationsStore(READER, LISTS, new SimpleMeterRegistry());
    UUID listener = UUID.randomUUID();
    UUID stranger = UUID.randomUUID();
    UUID track = UUID.randomUUID();
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    assertThat(get(store.forListener(listener, Kind.HOME)).tracks()).isEmpty();
    for (long version : List.of(1L, 2L)) {
      UUID home = version == 1 ? first : second;
      WRITER.execute(
          "INSERT INTO recommendations (version, bucket, user_id, based_on, home, discover)"
              + " VALUES (?, ?, ?, 'taste', ?, ?)",
          version,
          ModelBucket.of(listener),
          listener,
          List.of(home, track),
          List.of(track));
      WRITER.execute(
          "INSERT INTO similar_tracks (version, bucket, track_id, similar) VALUES (?, ?, ?, ?)",
          version,
          ModelBucket.of(track),
          track,
          List.of(home));
      WRITER.execute(
          "INSERT INTO popular_tracks (version, scope, tracks) VALUES (?, ?, ?)",
          version,
          CountedKind.EVERYTHING_ID,
          List.of(home));
    }

    for (long version : List.of(1L, 2L, 1L)) {
      UUID home = version == 1 ? first : second;
      WRITER.execute("UPDATE models SET live = ? WHERE name = 'recommendations'", version);
      Eventually.within(
          Duration.ofSeconds(20),
          () -> got(store.similarTo(track)).equals(List.of(home)),
          () -> "version " + version + " is not seen");
      assertThat(get(store.forListener(listener, Kind.HOME)))
          .isEqualTo(new Recommended("taste", List.of(home, track)));
      assertThat(get(store.forListener(listener, Kind.DISCOVER)).tracks()).containsExactly(track);
      assertThat(get(store.forListener(stranger, Kind.HOME)))
          .isEqualTo(new Recommended("popularity", List.of(home)));
      assertThat(get(store.similarTo(stranger))).isEmpty();
    }
  }

  @Test
  void theLatestAuditIsReadAsItWasWritten() throws Exception {
    CassandraAuditsStore store =
        new CassandraAuditsStore(READER, Readers.UNCACHED, new SimpleMeterRegistry());
    assertThat(get(store.latest())).isEmpty();
    Map<String, Long> rows = Map.of("compared", 5L, "differing", 1L);
    Map<String, Long> drift = Map.of("plays", 2L);
    List<Map<String, String>> examples = List.of(Map.of("problem", "too_high"));
    WRITER.execute(
        "INSERT INTO audits (name, audited_at, duration_millis, days, snapshot_before, snapshot_after, counts, drift, charts, examples)"
            + " VALUES ('counts', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        NOON,
        1_500L,
        null,
        Long.MAX_VALUE,
        3L,
        rows,
        drift,
        rows,
        examples);

    assertThat(get(store.latest()))
        .contains(
            new Audit(NOON, 1_500, null, "9223372036854775807", "3", rows, drift, rows, examples));
  }

  private static <T> T got(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
