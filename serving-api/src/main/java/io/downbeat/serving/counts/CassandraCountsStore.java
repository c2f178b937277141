package io.downbeat.serving.counts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.serving.store.CassandraReader;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The counts in Cassandra's table {@code counts}. */
public final class CassandraCountsStore implements CountsStore {
  private static final String BUCKETS =
      "SELECT start, measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start >= ? AND start < ?";

  /** The row of all time holds what is no sum of days. */
  private static final String ALL_TIME =
      "SELECT granularity, measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity IN ('all', 'day')";

  private final CassandraReader reader;

  public CassandraCountsStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<List<Bucket>> buckets(CountedKind kind, UUID id, Period period) {
    return reader.rows(
        BUCKETS,
        List.of(kind.key(), id, period.granularity().key(), period.from(), period.to()),
        row -> new Bucket(Objects.requireNonNull(row.getInstant(0)), measures(row)));
  }

  @Override
  public CompletionStage<Measures> total(CountedKind kind, UUID id) {
    return reader.fold(
        ALL_TIME,
        List.of(kind.key(), id),
        Measures.ZERO,
        (sum, row) ->
            Objects.equals(row.getString(0), "all")
                ? sum.withListeners(measures(row).listeners())
                : sum.plus(measures(row)));
  }

  private static Measures measures(Row row) {
    return Measures.of(Objects.requireNonNull(row.getMap(1, String.class, Long.class)));
  }
}
