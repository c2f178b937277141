package io.downbeat.serving.recommendations;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.ModelBucket;
import io.downbeat.serving.store.CassandraReader;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lists in Cassandra's tables {@code recommendations}, {@code similar_tracks} and {@code
 * popular_tracks}, of the version that {@code models} points at. The pointer is read once a second
 * at most: a version outlives the next one's arrival, so a pointer a second old still leads to
 * whole lists.
 */
public final class CassandraRecommendationsStore implements RecommendationsStore {
  private static final long POINTER_NANOS = Duration.ofSeconds(1).toNanos();
  private static final String LIVE =
      "SELECT live FROM models WHERE name = 'recommendations' LIMIT 1";
  private static final String LISTENER =
      "SELECT based_on, home, discover FROM recommendations"
          + " WHERE version = ? AND bucket = ? AND user_id = ?";
  private static final String SIMILAR =
      "SELECT similar FROM similar_tracks WHERE version = ? AND bucket = ? AND track_id = ?";
  private static final String POPULAR =
      "SELECT tracks FROM popular_tracks WHERE version = ? AND scope = ?";

  private record Pointer(long readAt, CompletableFuture<Optional<Long>> version) {
    boolean isUsable(long now) {
      return now - readAt < POINTER_NANOS && !version.isCompletedExceptionally();
    }
  }

  private final CassandraReader reader;
  private final AtomicReference<@Nullable Pointer> pointer = new AtomicReference<>();

  public CassandraRecommendationsStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<Recommended> forListener(UUID listener, Kind kind) {
    int column = kind == Kind.HOME ? 1 : 2;
    return live()
        .thenCompose(
            live ->
                live.isEmpty()
                    ? CompletableFuture.completedFuture(new Recommended("popularity", List.of()))
                    : first(
                            LISTENER,
                            List.of(live.get(), ModelBucket.of(listener), listener),
                            row ->
                                new Recommended(
                                    Objects.requireNonNull(row.getString(0)), tracks(row, column)))
                        .thenCompose(
                            found ->
                                found.isPresent()
                                    ? CompletableFuture.completedFuture(found.get())
                                    : popular(live.get())));
  }

  @Override
  public CompletionStage<List<UUID>> similarTo(UUID track) {
    return live()
        .thenCompose(
            live ->
                live.isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : first(
                            SIMILAR,
                            List.of(live.get(), ModelBucket.of(track), track),
                            row -> tracks(row, 0))
                        .thenApply(similar -> similar.orElse(List.of())));
  }

  private CompletionStage<Recommended> popular(long version) {
    return first(POPULAR, List.of(version, CountedKind.EVERYTHING_ID), row -> tracks(row, 0))
        .thenApply(tracks -> new Recommended("popularity", tracks.orElse(List.of())));
  }

  private CompletionStage<Optional<Long>> live() {
    long now = System.nanoTime();
    Pointer known = pointer.get();
    if (known != null && known.isUsable(now)) {
      return known.version();
    }
    CompletableFuture<Optional<Long>> version =
        reader
            .rows(LIVE, List.of(), row -> Optional.ofNullable(row.get(0, Long.class)))
            .thenApply(rows -> rows.isEmpty() ? Optional.<Long>empty() : rows.get(0))
            .toCompletableFuture();
    pointer.set(new Pointer(now, version));
    return version;
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
}
