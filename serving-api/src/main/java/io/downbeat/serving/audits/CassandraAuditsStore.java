package io.downbeat.serving.audits;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.type.reflect.GenericType;
import io.downbeat.serving.store.CachedReads;
import io.downbeat.serving.store.CassandraReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The newest audit in Cassandra's table {@code audits}, cached. */
public final class CassandraAuditsStore implements AuditsStore {
  private static final String LATEST =
      "SELECT audited_at, duration_millis, days, snapshot_before, snapshot_after, counts, drift,"
          + " charts, examples FROM audits WHERE name = 'counts'";
  private static final GenericType<List<Map<String, String>>> EXAMPLES =
      GenericType.listOf(GenericType.mapOf(String.class, String.class));

  private static final int EXAMPLE_BYTES = 1_000;

  private final CassandraReader reader;
  private final CachedReads<String, Optional<Audit>> audits;

  public CassandraAuditsStore(
      CassandraReader reader, CachedReads.Settings cache, MeterRegistry meters) {
    this.reader = reader;
    this.audits =
        new CachedReads<>(
            "audits", cache, Function.identity(), CassandraAuditsStore::bytes, meters);
  }

  @Override
  public CompletionStage<Optional<Audit>> latest() {
    return audits.get(
        LATEST,
        () ->
            reader
                .rows(LATEST, List.of(), CassandraAuditsStore::audit)
                .thenApply(rows -> rows.stream().findFirst()));
  }

  private static long bytes(Optional<Audit> audit) {
    return EXAMPLE_BYTES * audit.map(Audit::examples).map(List::size).orElse(0).longValue();
  }

  private static Audit audit(Row row) {
    return new Audit(
        Objects.requireNonNull(row.getInstant("audited_at")),
        row.getLong("duration_millis"),
        row.get("days", Integer.class),
        Long.toString(row.getLong("snapshot_before")),
        Long.toString(row.getLong("snapshot_after")),
        numbers(row, "counts"),
        numbers(row, "drift"),
        numbers(row, "charts"),
        Objects.requireNonNull(row.get("examples", EXAMPLES)));
  }

  private static Map<String, Long> numbers(Row row, String column) {
    return Objects.requireNonNull(row.getMap(column, String.class, Long.class));
  }
}
