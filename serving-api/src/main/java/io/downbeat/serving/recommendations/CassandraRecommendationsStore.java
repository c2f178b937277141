package io.downbeat.serving.recommendations;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.ModelBucket;
import io.downbeat.serving.store.CachedReads;
import io.downbeat.serving.store.CassandraReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The lists in Cassandra's tables {@code recommendations}, {@code similar_tracks} and {@code
 * popular_tracks}, of the version that {@code models} points at, cached. The lists of a version are
 * not written again, so another one is seen as soon as the pointer is read anew; a version outlives
 * the next one's arrival, so a pointer a second old still leads to whole lists.
 */
public final class CassandraRecommendationsStore implements RecommendationsStore {
  private static final Duration POINTER_MAX_AGE = Duration.ofSeconds(1);
  private static final int TRACK_BYTES = 40;
  private static final String LIVE =
      "SELECT live FROM models WHERE name = 'recommendations' LIMIT 1";
  private static final String LISTENER =
      "SELECT based_on, home, discover FROM recommendations"
          + " WHERE version = ? AND bucket = ? AND user_id = ?";
  private static final String SIMILAR =
      "SELECT similar FROM similar_tracks WHERE version = ? AND bucket = ? AND track_id = ?";
  private static final String POPULAR =
      "SELECT tracks FROM popular_tracks WHERE version = ? AND scope = ?";

  /** Of a version. */
  private record Of(long version, UUID id) {}

  private record ForListener(String basedOn, List<UUID> home, List<UUID> discover) {
    Recommended recommended(Kind kind) {
      return new Recommended(basedOn, kind == Kind.HOME ? home : discover);
    }
  }

  private final CassandraReader reader;
  private final CachedReads<String, Optional<Long>> live;
  private final CachedReads<Of, Optional<ForListener>> recommendations;
  private final CachedReads<Of, List<UUID>> similar;
  private final CachedReads<Of, List<UUID>> popular;

  /**
   * @param cache of each kind of list
   */
  public CassandraRecommendationsStore(
      CassandraReader reader, CachedReads.Settings cache, MeterRegistry meters) {
    this.reader = reader;
    this.live =
        new CachedReads<>(
            "models",
            new CachedReads.Settings(POINTER_MAX_AGE, cache.bytes()),
            Function.identity(),
            version -> Long.BYTES,
            meters);
    this.recommendations =
        new CachedReads<>(
            "recommendations",
            cache,
            Function.identity(),
            lists -> lists.map(of -> bytes(of.home()) + bytes(of.discover())).orElse(0L),
            meters);
    this.similar =
        new CachedReads<>(
            "similar", cache, Function.identity(), CassandraRecommendationsStore::bytes, meters);
    this.popular =
        new CachedReads<>(
            "popular", cache, Function.identity(), CassandraRecommendationsStore::bytes, meters);
  }

  @Override
  public CompletionStage<Recommended> forListener(UUID listener, Kind kind) {
    return live()
        .thenCompose(
            version ->
                version.isEmpty()
                    ? CompletableFuture.completedFuture(new Recommended("popularity", List.of()))
                    : forListener(version.get(), listener, kind));
  }

  private CompletionStage<Recommended> forListener(long version, UUID listener, Kind kind) {
    return recommendations
        .get(new Of(version, listener), () -> readListener(version, listener))
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedFuture(found.get().recommended(kind))
                    : popular(version).thenApply(tracks -> new Recommended("popularity", tracks)));
  }

  @Override
  public CompletionStage<List<UUID>> similarTo(UUID track) {
    return live()
        .thenCompose(
            version ->
                version.isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : similar.get(
                        new Of(version.get(), track),
                        () ->
                            readTracks(
                                SIMILAR, List.of(version.get(), ModelBucket.of(track), track))));
  }

  private CompletionStage<List<UUID>> popular(long version) {
    UUID scope = CountedKind.EVERYTHING_ID;
    return popular.get(new Of(version, scope), () -> readTracks(POPULAR, List.of(version, scope)));
  }

  private CompletionStage<Optional<Long>> live() {
    return live.get(
        LIVE,
        () ->
            first(LIVE, List.of(), row -> Optional.ofNullable(row.get(0, Long.class)))
                .thenApply(version -> version.flatMap(Function.identity())));
  }

  private CompletionStage<Optional<ForListener>> readListener(long version, UUID listener) {
    return first(
        LISTENER,
        List.of(version, ModelBucket.of(listener), listener),
        row ->
            new ForListener(
                Objects.requireNonNull(row.getString(0)), tracks(row, 1), tracks(row, 2)));
  }

  private CompletionStage<List<UUID>> readTracks(String cql, List<Object> values) {
    return first(cql, values, row -> tracks(row, 0)).thenApply(found -> found.orElse(List.of()));
  }

  private <T> CompletionStage<Optional<T>> first(
      String cql, List<Object> values, Function<Row, T> of) {
    return reader
        .rows(cql, values, of)
        .thenApply(rows -> rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0)));
  }

  private static List<UUID> tracks(Row row, int column) {
    return Objects.requireNonNull(row.getList(column, UUID.class));
  }

  private static long bytes(List<UUID> tracks) {
    return TRACK_BYTES * (long) tracks.size();
  }
}
