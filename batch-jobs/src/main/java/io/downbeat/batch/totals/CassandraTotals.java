package io.downbeat.batch.totals;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.publish.Rows;
import io.downbeat.schemas.rules.Epoch;
import java.io.Serializable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * A recount's totals and charts into the tables of counts and charts, as the stream writes its own:
 * absolute, each measure under a write timestamp of which its total is a part. A second time it is
 * the same.
 *
 * @param epoch whose totals replace the stream's
 */
record CassandraTotals(CassandraCluster cluster, Epoch epoch) implements Serializable {
  private static final String COUNT =
      "UPDATE counts USING TIMESTAMP ? SET measures = measures + ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";
  private static final String CHART =
      "UPDATE charts USING TIMESTAMP ? SET top = ? WHERE scope = ? AND window = ? AND start = ?";
  private static final TupleType ENTRY = DataTypes.tupleOf(DataTypes.UUID, DataTypes.BIGINT);

  /** How a row is written; made once a connection. */
  private interface Write extends Serializable {
    Function<Row, CompletionStage<?>> with(CqlSession session);
  }

  /**
   * @param buckets of {@link Recount#buckets}
   * @return how many
   */
  long counts(Dataset<Row> buckets) {
    return write(
        buckets,
        session -> {
          PreparedStatement update = session.prepare(COUNT);
          return bucket -> session.executeAsync(count(update, bucket));
        });
  }

  /** One batch, so that no reader sees some measures of a bucket without the others. */
  private BatchStatement count(PreparedStatement update, Row bucket) {
    Map<Long, Map<String, Long>> byTotal = new HashMap<>();
    for (String measure : Recount.MEASURES) {
      long total = bucket.<Long>getAs(measure);
      byTotal.computeIfAbsent(total, absent -> new HashMap<>()).put(measure, total);
    }
    BatchStatementBuilder batch = new BatchStatementBuilder(DefaultBatchType.UNLOGGED);
    byTotal.forEach(
        (total, measures) ->
            batch.addStatement(
                update.bind(
                    epoch.timestamp(total),
                    measures,
                    bucket.<String>getAs("kind"),
                    UUID.fromString(bucket.getAs("id")),
                    bucket.<String>getAs("granularity"),
                    bucket.<Instant>getAs("start"))));
    return batch.build();
  }

  /**
   * @param things {@code kind} and {@code id}, whose days are written
   * @param before where the first day begins that is not closed
   * @return how many
   */
  long closed(Dataset<Row> things, Instant before) {
    return write(
        things,
        session -> {
          ClosedTotals totals = new ClosedTotals(session, epoch, before);
          return thing -> totals.write(thing.getAs("kind"), UUID.fromString(thing.getAs("id")));
        });
  }

  /**
   * @param charts of {@link Recount#charts}
   * @return how many
   */
  long charts(Dataset<Row> charts) {
    return write(
        charts,
        session -> {
          PreparedStatement update = session.prepare(CHART);
          return chart -> {
            List<Row> top = chart.getList(chart.fieldIndex("top"));
            long streams = top.stream().mapToLong(entry -> entry.<Long>getAs("streams")).sum();
            return session.executeAsync(
                update.bind(
                    epoch.timestamp(streams),
                    top.stream().map(CassandraTotals::entry).toList(),
                    UUID.fromString(chart.getAs("scope")),
                    chart.<String>getAs("window"),
                    chart.<Instant>getAs("start")));
          };
        });
  }

  private static TupleValue entry(Row entry) {
    return ENTRY.newValue(UUID.fromString(entry.getAs("track")), entry.<Long>getAs("streams"));
  }

  private long write(Dataset<Row> rows, Write write) {
    MapPartitionsFunction<Row, Long> ofPartition =
        partition -> List.of(Rows.write(partition, write.with(cluster.shared()))).iterator();
    return rows.mapPartitions(ofPartition, Encoders.LONG()).javaRDD().fold(0L, Long::sum);
  }
}
