package io.downbeat.serving.counts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.rules.ClosedTotal;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.store.CachedReads;
import io.downbeat.serving.store.CassandraReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The counts in Cassandra's table {@code counts}, cached. */
public final class CassandraCountsStore implements CountsStore {
  private static final String BUCKETS =
      "SELECT start, measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start >= ? AND start < ?";

  /** The row of all time holds what is no sum of days; of closed totals the newest comes last. */
  private static final String CLOSED =
      "SELECT granularity, measures, start FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity IN ('all', 'closed')";

  private static final String DAYS_FROM =
      "SELECT start, measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity = 'day' AND start >= ?";

  private static final int BUCKET_BYTES = 250;

  private record Thing(CountedKind kind, UUID id) {}

  private record Series(Thing thing, Granularity granularity) {}

  private record Part(Thing thing, Period period) {
    /** Two periods can have buckets in common. */
    Series series() {
      return new Series(thing, period.granularity());
    }
  }

  private final CassandraReader reader;
  private final CachedReads<Part, List<Bucket>> parts;
  private final CachedReads<Thing, Measures> totals;

  /**
   * @param cache of buckets, and another one of totals
   */
  public CassandraCountsStore(
      CassandraReader reader, CachedReads.Settings cache, MeterRegistry meters) {
    this.reader = reader;
    this.parts =
        new CachedReads<>(
            "buckets",
            cache,
            Part::series,
            buckets -> BUCKET_BYTES * (long) buckets.size(),
            meters);
    this.totals =
        new CachedReads<>("totals", cache, Function.identity(), total -> BUCKET_BYTES, meters);
  }

  @Override
  public CompletionStage<List<Bucket>> buckets(CountedKind kind, UUID id, Period period) {
    return parts.get(
        new Part(new Thing(kind, id), period),
        () ->
            reader.rows(
                BUCKETS,
                List.of(kind.key(), id, period.granularity().key(), period.from(), period.to()),
                row -> new Bucket(Objects.requireNonNull(row.getInstant(0)), measures(row))));
  }

  @Override
  public CompletionStage<Measures> total(CountedKind kind, UUID id) {
    Thing thing = new Thing(kind, id);
    return totals.get(thing, () -> readTotal(thing));
  }

  /**
   * Reads what is closed first: a day that closes meanwhile is still there to be added, and what
   * one read has seen of it the next one finds in a newer closed total.
   */
  private CompletionStage<Measures> readTotal(Thing thing) {
    String kind = thing.kind().key();
    return reader
        .fold(CLOSED, List.of(kind, thing.id()), Closed.NOTHING, Closed::with)
        .thenCompose(
            closed ->
                reader.fold(
                    DAYS_FROM,
                    List.of(kind, thing.id(), closed.before()),
                    closed.measures(),
                    (sum, row) -> sum.plus(measures(row))));
  }

  /**
   * @param measures of all days before that one
   */
  private record Closed(Instant before, Measures measures) {
    static final Closed NOTHING = new Closed(Instant.ofEpochMilli(Long.MIN_VALUE), Measures.ZERO);

    Closed with(Row row) {
      return Objects.equals(row.getString(0), ClosedTotal.KEY)
          ? new Closed(
              Objects.requireNonNull(row.getInstant(2)),
              CassandraCountsStore.measures(row).withAllTime(measures))
          : new Closed(before, measures.withAllTime(CassandraCountsStore.measures(row)));
    }
  }

  private static Measures measures(Row row) {
    return Measures.of(Objects.requireNonNull(row.getMap(1, String.class, Long.class)));
  }
}
