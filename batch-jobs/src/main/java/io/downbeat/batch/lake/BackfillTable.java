package io.downbeat.batch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/**
 * {@code backfill}: plays that came into the log when their day was no longer open, kept by the
 * stream until they are merged into {@code plays}. A play may be in it twice, or in both tables.
 */
public final class BackfillTable {
  private static final String TABLE = "backfill";

  private final Lake lake;

  BackfillTable(Lake lake) {
    this.lake = lake;
  }

  /** What is staged now; empty where nothing is. */
  public OptionalLong snapshot() {
    Snapshot current = lake.iceberg(TABLE).currentSnapshot();
    return current == null || "0".equals(current.summary().get("total-data-files"))
        ? OptionalLong.empty()
        : OptionalLong.of(current.snapshotId());
  }

  /** The days (UTC) in which the staged plays were heard. */
  public Set<LocalDate> days(long snapshot) {
    Set<LocalDate> days = new TreeSet<>();
    staged(snapshot)
        .select(functions.to_date(functions.col("started_at")))
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(row.getLocalDate(0)));
    return days;
  }

  /**
   * Adds to {@code plays} what it does not have; of copies, the first in the log. It only ever
   * adds, so no commit of the stream is in its way; a second time it changes nothing.
   */
  public void merge(long snapshot) {
    Column first =
        functions
            .row_number()
            .over(Window.partitionBy("play_id", "user_id").orderBy("log_partition", "log_offset"));
    staged(snapshot)
        .withColumn("copy", first)
        .where(functions.col("copy").equalTo(1))
        .drop("copy")
        .createOrReplaceTempView("staged_plays");
    lake.spark()
        .sql(
            """
            MERGE INTO %s AS plays USING staged_plays AS staged
            ON plays.play_id = staged.play_id AND plays.user_id = staged.user_id
            WHEN NOT MATCHED THEN INSERT *"""
                .formatted(lake.table("plays")));
  }

  /** Removes just the files of a snapshot: what was staged meanwhile stays. */
  public void remove(long snapshot) {
    Table table = lake.iceberg(TABLE);
    DeleteFiles delete = table.newDelete().validateFilesExist();
    try (CloseableIterable<FileScanTask> files =
        table.newScan().useSnapshot(snapshot).planFiles()) {
      files.forEach(file -> delete.deleteFile(file.file()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the files of " + TABLE, e);
    }
    delete.commit();
  }

  private Dataset<Row> staged(long snapshot) {
    return lake.spark().read().option("versionAsOf", snapshot).table(lake.table(TABLE));
  }
}
