package io.downbeat.batch.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.downbeat.batch.lake.StreamCommit;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;

/**
 * The plays of the lake from a time on, at chosen moments: those that are counted by hour and day,
 * and those that came too late for the stream to do so and are not merged with the others yet.
 */
final class LakePlays {

  /**
   * @param plays snapshot of the table of plays
   * @param backfill snapshot of the staged ones; empty where there is none
   */
  record Moment(long plays, OptionalLong backfill) {}

  private final SparkSession spark;
  private final String namespace;
  private final Instant from;

  LakePlays(SparkSession spark, String namespace, Instant from) {
    this.spark = spark;
    this.namespace = namespace;
    this.from = from;
  }

  Instant from() {
    return from;
  }

  Moment now() {
    return new Moment(newest(table()).snapshotId(), backfillNow());
  }

  /**
   * What is surely in counts and charts now: all but the plays of the stream's newest commit, for
   * which their charts may still be on their way.
   */
  Moment served() {
    Table plays = table();
    Optional<Snapshot> commit = StreamCommit.newest(plays);
    if (commit.isEmpty() || isEmpty(commit.get(), plays)) {
      return new Moment(newest(plays).snapshotId(), backfillNow());
    }
    Long before = commit.get().parentId();
    if (before == null) {
      throw new IllegalStateException(
          "Cannot audit: the stream has committed to %s.plays just once. Its next commit is there within a minute"
              .formatted(namespace));
    }
    return new Moment(before, backfillNow());
  }

  private static boolean isEmpty(Snapshot commit, Table table) {
    return !commit.addedDataFiles(table.io()).iterator().hasNext();
  }

  private Snapshot newest(Table plays) {
    Snapshot newest = plays.currentSnapshot();
    if (newest == null) {
      throw new IllegalStateException(
          "Cannot audit: nothing has been committed to %s.plays yet".formatted(namespace));
    }
    return newest;
  }

  private OptionalLong backfillNow() {
    if (!spark.catalog().tableExists(name("backfill"))) {
      return OptionalLong.empty();
    }
    Snapshot newest = table("backfill").currentSnapshot();
    return newest == null ? OptionalLong.empty() : OptionalLong.of(newest.snapshotId());
  }

  /** The table of plays as Iceberg has it. */
  Table table() {
    return table("plays");
  }

  private Table table(String table) {
    try {
      return Spark3Util.loadIcebergTable(spark, name(table));
    } catch (NoSuchTableException | ParseException e) {
      throw new IllegalStateException("Cannot audit: there is no " + namespace + "." + table, e);
    }
  }

  Dataset<Row> counted(Moment moment) {
    return at("plays", moment.plays());
  }

  /** Plays may be in it that are merged by now. */
  Dataset<Row> withBackfill(Moment moment) {
    Dataset<Row> counted = counted(moment);
    return moment.backfill().isEmpty()
        ? counted
        : counted.unionByName(at("backfill", moment.backfill().getAsLong()));
  }

  private Dataset<Row> at(String table, long snapshot) {
    return spark
        .read()
        .option("versionAsOf", snapshot)
        .table(name(table))
        .where(col("started_at").geq(lit(from)))
        .select("user_id", "track_id", "started_at", "played_millis", "end_reason", "received_at");
  }

  private String name(String table) {
    return "downbeat.`%s`.%s".formatted(namespace, table);
  }
}
