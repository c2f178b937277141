package io.downbeat.batch.totals;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.rules.ClosedTotal;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Epoch;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What was counted of a thing in all closed days, beside those days' rows: their sum as it stands
 * there, so a second time it is the same. One batch writes the newer total and takes away the older
 * ones; since both lie in one partition, no reader finds it half done.
 */
final class ClosedTotals {
  private static final String DAYS =
      "SELECT measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity = 'day' AND start < ?";
  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures = measures + ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";
  private static final String REMOVE_OLDER =
      "DELETE FROM counts USING TIMESTAMP ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start < ?";

  private final CqlSession session;
  private final Epoch epoch;
  private final Instant before;
  private final PreparedStatement days;
  private final PreparedStatement update;
  private final PreparedStatement removeOlder;

  /**
   * @param before where the first day begins that is not closed
   */
  ClosedTotals(CqlSession session, Epoch epoch, Instant before) {
    this.session = session;
    this.epoch = epoch;
    this.before = before;
    days = session.prepare(DAYS);
    update = session.prepare(UPDATE);
    removeOlder = session.prepare(REMOVE_OLDER);
  }

  CompletionStage<AsyncResultSet> write(String kind, UUID id) {
    return session
        .executeAsync(days.bind(kind, id, before))
        .thenCompose(page -> add(page, new HashMap<>()))
        .thenCompose(sum -> write(kind, id, sum));
  }

  private static CompletionStage<Map<String, Long>> add(
      AsyncResultSet page, Map<String, Long> sum) {
    for (Row row : page.currentPage()) {
      Map<String, Long> measures = Objects.requireNonNull(row.getMap(0, String.class, Long.class));
      for (Counters counter : Counters.values()) {
        sum.merge(counter.key(), measures.getOrDefault(counter.key(), 0L), Math::addExact);
      }
    }
    return page.hasMorePages()
        ? page.fetchNextPage().thenCompose(next -> add(next, sum))
        : CompletableFuture.completedFuture(sum);
  }

  private CompletionStage<AsyncResultSet> write(String kind, UUID id, Map<String, Long> sum) {
    BatchStatementBuilder batch = new BatchStatementBuilder(DefaultBatchType.UNLOGGED);
    batch.addStatement(removeOlder.bind(epoch.lastTimestamp(), kind, id, ClosedTotal.KEY, before));
    sum.forEach(
        (measure, total) ->
            batch.addStatement(
                update.bind(
                    epoch.timestamp(total),
                    Map.of(measure, total),
                    kind,
                    id,
                    ClosedTotal.KEY,
                    before)));
    return session.executeAsync(batch.build());
  }
}
