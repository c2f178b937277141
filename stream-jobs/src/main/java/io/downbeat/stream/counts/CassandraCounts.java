package io.downbeat.stream.counts;

import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/**
 * Totals into the table of counts, those of one thing in one batch. Each measure carries its own
 * write timestamp, of which the total is a part: of two writes the higher total stays, whichever
 * comes last.
 */
public final class CassandraCounts {
  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures[?] = ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";

  private CassandraCounts() {}

  /** Weeks stay out: they are totals for charts, and the sum of their days for anyone else. */
  public static void append(DataStream<Tally[]> totals, CassandraCluster cluster, Epoch epoch) {
    totals
        .flatMap(CassandraCounts::withoutWeeks)
        .returns(Tally[].class)
        .name("leave out weeks")
        .uid("leave out weeks")
        .sinkTo(sink(cluster, epoch))
        .name("write counts")
        .uid("write counts");
  }

  private static void withoutWeeks(Tally[] together, Collector<Tally[]> out) {
    Tally[] rest =
        Arrays.stream(together)
            .filter(tally -> tally.bucket().granularity() != Granularity.WEEK)
            .toArray(Tally[]::new);
    if (rest.length > 0) {
      out.collect(rest);
    }
  }

  static CassandraSink<Tally[]> sink(CassandraCluster cluster, Epoch epoch) {
    return new CassandraSink<>(
        cluster,
        session -> {
          PreparedStatement update = session.prepare(UPDATE);
          return totals -> {
            BatchStatementBuilder batch = new BatchStatementBuilder(DefaultBatchType.UNLOGGED);
            for (Tally total : totals) {
              for (Counters counter : Counters.values()) {
                long value = total.measures()[counter.ordinal()];
                add(batch, update, epoch, total.bucket(), counter.key(), value);
              }
              add(batch, update, epoch, total.bucket(), UniqueListeners.KEY, total.listeners());
            }
            return batch.build();
          };
        });
  }

  private static void add(
      BatchStatementBuilder batch,
      PreparedStatement update,
      Epoch epoch,
      Bucket bucket,
      String measure,
      long value) {
    if (value > 0 || !epoch.isFirst()) {
      batch.addStatement(
          update.bind(
              epoch.timestamp(value),
              measure,
              value,
              bucket.kind().key(),
              bucket.id().toUuid(),
              bucket.granularity().key(),
              Instant.ofEpochMilli(bucket.start())));
    }
  }
}
