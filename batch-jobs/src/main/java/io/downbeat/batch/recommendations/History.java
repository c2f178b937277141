package io.downbeat.batch.recommendations;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Who heard what, one row for each listener and track, and the same with the small integers that
 * training asks for.
 *
 * @param pairs {@code user_id}, {@code track_id}, {@code streams}, {@code streams_before} (the
 *     held-out time), {@code first_heard}, {@code last_heard}
 * @param listeners those with enough streams: {@code user_id} and {@code listener}
 * @param tracks those with enough streams: {@code track_id} and {@code item}
 */
record History(Dataset<Row> pairs, Dataset<Row> listeners, Dataset<Row> tracks) {

  /**
   * @param plays {@code user_id}, {@code track_id}, {@code started_at}, {@code stream}
   * @param heldOutFrom plays from then on are held out in {@code streams_before}
   */
  static History of(Dataset<Row> plays, Instant heldOutFrom, int ofListener, int ofTrack) {
    Column before = col("stream").and(col("started_at").lt(lit(heldOutFrom)));
    Dataset<Row> pairs =
        plays
            .groupBy("user_id", "track_id")
            .agg(
                sum(when(col("stream"), 1L).otherwise(0L)).as("streams"),
                sum(when(before, 1L).otherwise(0L)).as("streams_before"),
                min("started_at").as("first_heard"),
                max("started_at").as("last_heard"))
            .cache();
    return new History(
        pairs,
        indexed(pairs, "user_id", "listener", ofListener),
        indexed(pairs, "track_id", "item", ofTrack));
  }

  /** Only listeners and tracks with enough streams, with their integers. */
  Dataset<Row> known() {
    return pairs.join(listeners, "user_id").join(tracks, "track_id");
  }

  /** What is trained on. */
  static Dataset<Row> ratings(Dataset<Row> known, String streams) {
    return known
        .where(col(streams).gt(0))
        .select(col("listener"), col("item"), Rating.of(col(streams)).as("rating"));
  }

  /**
   * For each listener what was heard before the held-out time, and what was streamed in it for the
   * first time; a track that has no integer is -1 there.
   */
  Dataset<Row> cases(Instant heldOutFrom) {
    Column isNew = col("first_heard").geq(lit(heldOutFrom));
    Dataset<Row> all =
        pairs
            .join(listeners, "user_id")
            .join(tracks, pairs.col("track_id").equalTo(tracks.col("track_id")), "left");
    return all.groupBy("listener")
        .agg(
            collect_list(when(isNew, null).otherwise(col("item"))).as("known"),
            collect_list(when(isNew.and(col("streams").gt(0)), coalesce(col("item"), lit(-1))))
                .as("later"))
        .where(size(col("later")).gt(0));
  }

  /** From 0 on, in the order of the ids, so that the same plays always give the same integers. */
  private static Dataset<Row> indexed(Dataset<Row> pairs, String id, String as, int leastStreams) {
    JavaRDD<Row> rows =
        pairs
            .groupBy(id)
            .agg(sum("streams").as("streams"))
            .where(col("streams").geq(leastStreams))
            .select(id)
            .orderBy(id)
            .toJavaRDD()
            .zipWithIndex()
            .map(row -> RowFactory.create(row._1().getString(0), Math.toIntExact(row._2())));
    return pairs
        .sparkSession()
        .createDataFrame(
            rows, new StructType().add(id, DataTypes.StringType).add(as, DataTypes.IntegerType))
        .cache();
  }

  /** The id of each item, by its integer. */
  List<String> trackIds() {
    return tracks.orderBy("item").select("track_id").as(Encoders.STRING()).collectAsList();
  }
}
