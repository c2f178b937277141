package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A table of Cassandra read whole, each task a range of tokens, page by page. It is no moment of
 * the table: each row is as it was when its page was read, which may happen twice where a task is
 * lost.
 */
public final class TableScan {
  private static final int RANGES = 128;
  private static final int PAGE_ROWS = 2_000;

  private final SparkSession spark;
  private final CassandraCluster cluster;

  public TableScan(SparkSession spark, CassandraCluster cluster) {
    this.spark = spark;
    this.cluster = cluster;
  }

  /** Tokens above the first, up to the last. */
  private record Range(long above, long to) implements Serializable {}

  /** From rows of whole partitions, one partition after the other, each in its order. */
  public interface Conversion extends Serializable {
    Iterator<Row> of(Iterator<com.datastax.oss.driver.api.core.cql.Row> rows);
  }

  /**
   * @param select without a condition
   * @param key the columns of the partition key
   * @param schema of what the conversion makes
   */
  public Dataset<Row> read(String select, String key, StructType schema, Conversion conversion) {
    String query = "%s WHERE token(%s) > ? AND token(%2$s) <= ?".formatted(select, key);
    CassandraCluster from = cluster;
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(ranges(), RANGES)
            .flatMap(range -> conversion.of(rows(from, query, range))),
        schema);
  }

  private static Iterator<com.datastax.oss.driver.api.core.cql.Row> rows(
      CassandraCluster cluster, String query, Range range) {
    ResultSet rows =
        cluster
            .shared()
            .execute(
                SimpleStatement.newInstance(query, range.above(), range.to())
                    .setPageSize(PAGE_ROWS));
    return rows.iterator();
  }

  /** All tokens: of Cassandra's, the smallest is no row's. */
  private static List<Range> ranges() {
    long width = Long.divideUnsigned(-1, RANGES);
    return IntStream.range(0, RANGES)
        .mapToObj(
            n ->
                new Range(
                    Long.MIN_VALUE + n * width,
                    n == RANGES - 1 ? Long.MAX_VALUE : Long.MIN_VALUE + (n + 1) * width))
        .toList();
  }
}
