package io.downbeat.batch.audit;

import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.publish.TableScan;
import io.downbeat.batch.totals.Recount;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The tables of counts and charts as Cassandra has them, read once and kept on disk: a task that is
 * lost fails the job rather than read them again at another time.
 */
final class ServedTables {
  private static final String COUNTS = "SELECT kind, id, granularity, start, measures FROM counts";
  private static final String CHARTS = "SELECT scope, window, start, top FROM charts";

  private final SparkSession spark;
  private final CassandraCluster cluster;

  ServedTables(SparkSession spark, CassandraCluster cluster) {
    this.spark = spark;
    this.cluster = cluster;
  }

  private interface RowConversion extends Serializable {
    Row of(com.datastax.oss.driver.api.core.cql.Row row);
  }

  /** As {@link Recount#buckets}; a measure that is not there is 0. */
  Dataset<Row> counts() {
    StructType schema =
        new StructType()
            .add("kind", DataTypes.StringType)
            .add("id", DataTypes.StringType)
            .add("granularity", DataTypes.StringType)
            .add("start", DataTypes.TimestampType);
    for (String measure : Recount.MEASURES) {
      schema = schema.add(measure, DataTypes.LongType);
    }
    return read(COUNTS, "kind, id", schema, ServedTables::count);
  }

  /** As {@link Recount#charts}. */
  Dataset<Row> charts() {
    StructType entry =
        new StructType()
            .add("track", DataTypes.StringType, false)
            .add("streams", DataTypes.LongType, false);
    StructType schema =
        new StructType()
            .add("scope", DataTypes.StringType)
            .add("window", DataTypes.StringType)
            .add("start", DataTypes.TimestampType)
            .add("top", DataTypes.createArrayType(entry, false));
    return read(CHARTS, "scope, window, start", schema, ServedTables::chart);
  }

  private Dataset<Row> read(
      String select, String key, StructType schema, RowConversion conversion) {
    return new TableScan(spark, cluster)
        .read(
            select,
            key,
            schema,
            rows -> {
              Iterable<com.datastax.oss.driver.api.core.cql.Row> page = () -> rows;
              return StreamSupport.stream(page.spliterator(), false).map(conversion::of).iterator();
            })
        .localCheckpoint(true, StorageLevel.DISK_ONLY());
  }

  private static Row count(com.datastax.oss.driver.api.core.cql.Row row) {
    List<Object> values = new ArrayList<>();
    values.add(row.getString("kind"));
    values.add(Objects.requireNonNull(row.getUuid("id")).toString());
    values.add(row.getString("granularity"));
    values.add(row.getInstant("start"));
    Map<String, Long> measures =
        Objects.requireNonNull(row.getMap("measures", String.class, Long.class));
    Recount.MEASURES.forEach(measure -> values.add(measures.getOrDefault(measure, 0L)));
    return RowFactory.create(values.toArray());
  }

  private static Row chart(com.datastax.oss.driver.api.core.cql.Row row) {
    List<TupleValue> top = Objects.requireNonNull(row.getList("top", TupleValue.class));
    return RowFactory.create(
        Objects.requireNonNull(row.getUuid("scope")).toString(),
        row.getString("window"),
        row.getInstant("start"),
        top.stream()
            .map(
                entry ->
                    RowFactory.create(
                        Objects.requireNonNull(entry.getUuid(0)).toString(), entry.getLong(1)))
            .toArray(Row[]::new));
  }
}
