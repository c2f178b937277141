package io.downbeat.batch.lake;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code recounts}: a row for each recount of a closed day, with the tracks that were played in it
 * and not in the catalogue. Every day up to the newest one in here is closed; a day without a row
 * had no plays.
 */
public final class RecountsTable {
  private static final String TABLE = "recounts";
  private static final StructType COLUMNS =
      new StructType()
          .add("day", DataTypes.DateType)
          .add("recounted_at", DataTypes.TimestampType)
          .add("plays_snapshot_id", DataTypes.LongType)
          .add("epoch", DataTypes.LongType)
          .add("unknown_tracks", DataTypes.createArrayType(DataTypes.StringType));

  private final Lake lake;

  RecountsTable(Lake lake) {
    this.lake = lake;
    lake.spark()
        .sql(
            "CREATE TABLE IF NOT EXISTS %s (%s) USING iceberg"
                .formatted(lake.table(TABLE), COLUMNS.toDDL()));
  }

  /** The first day that is not closed; empty before the first one was. */
  public Optional<LocalDate> closedBefore() {
    Row newest = lake.spark().table(lake.table(TABLE)).agg(functions.max("day")).head();
    return newest.isNullAt(0) ? Optional.empty() : Optional.of(newest.getLocalDate(0).plusDays(1));
  }

  /** The days whose newest recount lacked a track that the catalogue knows by now. */
  public Set<LocalDate> lackingNowKnown(Dataset<Row> knownTracks) {
    Column newest =
        functions
            .row_number()
            .over(Window.partitionBy("day").orderBy(functions.desc("recounted_at")));
    Set<LocalDate> days = new TreeSet<>();
    lake.spark()
        .table(lake.table(TABLE))
        .withColumn("age", newest)
        .where(functions.col("age").equalTo(1))
        .select(
            functions.col("day"), functions.explode(functions.col("unknown_tracks")).as("track_id"))
        .join(knownTracks, "track_id")
        .select("day")
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(row.getLocalDate(0)));
    return days;
  }

  /**
   * Takes note of recounts, all at once.
   *
   * @param unknown {@code day} and {@code unknown_tracks}, for days that have any
   */
  public void append(
      Collection<LocalDate> days,
      Dataset<Row> unknown,
      Instant recountedAt,
      long playsSnapshot,
      long epoch) {
    List<Row> rows =
        days.stream().map(day -> org.apache.spark.sql.RowFactory.create((Object) day)).toList();
    Dataset<Row> all =
        lake.spark()
            .createDataFrame(rows, new StructType().add("day", DataTypes.DateType))
            .join(unknown, JOIN_DAY, "left")
            .select(
                functions.col("day"),
                functions.lit(recountedAt).as("recounted_at"),
                functions.lit(playsSnapshot).as("plays_snapshot_id"),
                functions.lit(epoch).as("epoch"),
                functions
                    .coalesce(
                        functions.col("unknown_tracks"), functions.array().cast("array<string>"))
                    .as("unknown_tracks"));
    try {
      all.coalesce(1).writeTo(lake.table(TABLE)).append();
    } catch (NoSuchTableException e) {
      throw new IllegalStateException("Cannot append to " + TABLE, e);
    }
  }

  private static final String[] JOIN_DAY = {"day"};
}
