package io.downbeat.batch.recommendations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import io.downbeat.schemas.rules.CountedKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The tracks most streamed, of each genre and of all; the lower id first among equals.
 *
 * @param byScope by a genre's id, and by {@link #EVERYTHING}
 */
record Popular(Map<UUID, List<UUID>> byScope) implements Serializable {
  static final UUID EVERYTHING = CountedKind.EVERYTHING_ID;
  private static final int GENRES = 3;

  /**
   * @param pairs of {@link History}
   * @param genres {@code track_id} and {@code genre}
   */
  static Popular of(Dataset<Row> pairs, Dataset<Row> genres, int length) {
    Dataset<Row> streams =
        pairs.groupBy("track_id").agg(sum("streams").as("streams")).where(col("streams").gt(0));
    Dataset<Row> scoped =
        streams
            .join(genres, "track_id")
            .select("genre", "track_id", "streams")
            .union(streams.select(lit(EVERYTHING.toString()), col("track_id"), col("streams")));
    Map<UUID, List<UUID>> byScope = new HashMap<>();
    scoped
        .withColumn(
            "place",
            row_number()
                .over(
                    Window.partitionBy("genre")
                        .orderBy(col("streams").desc(), col("track_id").asc())))
        .where(col("place").leq(length))
        .select("genre", "track_id")
        .orderBy("genre", "place")
        .collectAsList()
        .forEach(
            row ->
                byScope
                    .computeIfAbsent(UUID.fromString(row.getString(0)), scope -> new ArrayList<>())
                    .add(UUID.fromString(row.getString(1))));
    return new Popular(byScope);
  }

  /**
   * In turn from the three genres that the listener heard most, then from all; nothing twice.
   *
   * @param heard plays by genre
   * @param masked what the listener doesn't get
   */
  List<UUID> forListener(Map<UUID, Integer> heard, Set<UUID> masked, int length) {
    List<List<UUID>> lists =
        heard.entrySet().stream()
            .sorted(
                Map.Entry.<UUID, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(GENRES)
            .map(genre -> byScope.getOrDefault(genre.getKey(), List.of()))
            .toList();
    Set<UUID> tracks = new LinkedHashSet<>();
    int longest = lists.stream().mapToInt(List::size).max().orElse(0);
    for (int place = 0; place < longest; place++) {
      for (List<UUID> list : lists) {
        if (place < list.size()) {
          tracks.add(list.get(place));
        }
      }
    }
    tracks.addAll(byScope.getOrDefault(EVERYTHING, List.of()));
    tracks.removeAll(masked);
    return tracks.stream().limit(length).toList();
  }
}
