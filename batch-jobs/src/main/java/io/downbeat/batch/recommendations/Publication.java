package io.downbeat.batch.recommendations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.publish.Rows;
import io.downbeat.schemas.rules.ModelBucket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The lists of a version, written to the tables {@code recommendations}, {@code similar_tracks} and
 * {@code popular_tracks} by Spark's tasks; a task that is tried again writes the same.
 */
final class Publication {
  private static final String LISTENER =
      "INSERT INTO recommendations (version, bucket, user_id, based_on, home, discover)"
          + " VALUES (?, ?, ?, ?, ?, ?)";
  private static final String SIMILAR =
      "INSERT INTO similar_tracks (version, bucket, track_id, similar) VALUES (?, ?, ?, ?)";
  private static final String POPULAR =
      "INSERT INTO popular_tracks (version, scope, tracks) VALUES (?, ?, ?)";
  private static final int ITEMS_AT_A_TIME = 256;

  private final CassandraCluster cluster;
  private final long version;
  private final int length;

  Publication(CassandraCluster cluster, long version, int length) {
    this.cluster = cluster;
    this.version = version;
    this.length = length;
  }

  void popular(CqlSession session, Popular popular) {
    Iterator<Object[]> rows =
        popular.byScope().entrySet().stream()
            .map(list -> new Object[] {version, list.getKey(), list.getValue()})
            .iterator();
    Rows.write(session, POPULAR, rows);
  }

  /**
   * What the model recommends: {@code home} without what was heard of late, {@code discover}
   * without all that was ever heard.
   *
   * @param listeners {@code user_id}, {@code factors}, {@code recent}, {@code heard}
   * @param tracks the items' ids
   * @return how many listeners
   */
  long byTaste(Dataset<Row> listeners, Factors items, UUID[] tracks) {
    CassandraCluster to = cluster;
    long of = version;
    int k = length;
    return listeners
        .toJavaRDD()
        .mapPartitions(
            rows -> {
              TopK ranking = new TopK(items);
              return written(
                  to, LISTENER, Blocks.map(rows, block -> byTaste(of, ranking, block, tracks, k)));
            })
        .fold(0L, Long::sum);
  }

  private static List<Object[]> byTaste(
      long version, TopK ranking, List<Row> block, UUID[] tracks, int k) {
    float[][] queries = Blocks.vectors(block, 1);
    int[][] home = ranking.best(queries, Blocks.ids(block, 2), k);
    int[][] discover = ranking.best(queries, Blocks.ids(block, 3), k);
    List<Object[]> rows = new ArrayList<>(block.size());
    for (int i = 0; i < block.size(); i++) {
      UUID user = UUID.fromString(block.get(i).getString(0));
      rows.add(
          new Object[] {
            version,
            ModelBucket.of(user),
            user,
            "taste",
            ids(home[i], tracks),
            ids(discover[i], tracks)
          });
    }
    return rows;
  }

  /**
   * For those whom the model doesn't know, what is popular in the genres that they heard.
   *
   * @param pairs of {@link History}, of these listeners
   * @param genres {@code track_id} and {@code genre}
   * @return how many listeners
   */
  long byGenres(Dataset<Row> pairs, Dataset<Row> genres, Popular popular, Instant recentFrom) {
    CassandraCluster to = cluster;
    long of = version;
    int k = length;
    Dataset<Row> genresOfTrack = genres.groupBy("track_id").agg(collect_list("genre").as("genres"));
    return pairs
        .join(genresOfTrack, pairs.col("track_id").equalTo(genresOfTrack.col("track_id")), "left")
        .groupBy("user_id")
        .agg(
            collect_list(
                    struct(
                        pairs.col("track_id"),
                        col("last_heard").geq(lit(recentFrom)).as("recent"),
                        col("genres")))
                .as("heard"))
        .toJavaRDD()
        .mapPartitions(
            rows ->
                written(
                    to,
                    LISTENER,
                    Blocks.map(
                        rows,
                        block ->
                            block.stream().map(row -> byGenres(of, popular, row, k)).toList())))
        .fold(0L, Long::sum);
  }

  private static Object[] byGenres(long version, Popular popular, Row row, int k) {
    UUID user = UUID.fromString(row.getString(0));
    Set<UUID> heard = new HashSet<>();
    Set<UUID> recent = new HashSet<>();
    Map<UUID, Integer> genres = new HashMap<>();
    for (Row track : row.<Row>getList(1)) {
      UUID id = UUID.fromString(track.getString(0));
      heard.add(id);
      if (track.getBoolean(1)) {
        recent.add(id);
      }
      if (!track.isNullAt(2)) {
        track
            .<String>getList(2)
            .forEach(genre -> genres.merge(UUID.fromString(genre), 1, Integer::sum));
      }
    }
    return new Object[] {
      version,
      ModelBucket.of(user),
      user,
      "genres",
      popular.forListener(genres, recent, k),
      popular.forListener(genres, heard, k)
    };
  }

  /**
   * The tracks whose vectors point most nearly the same way.
   *
   * @return of how many tracks
   */
  long similar(SparkSession spark, Factors items, UUID[] tracks) {
    CassandraCluster to = cluster;
    long of = version;
    int k = length;
    Factors unit = items.normalized();
    List<Integer> starts =
        IntStream.iterate(0, start -> start < unit.ids().length, start -> start + ITEMS_AT_A_TIME)
            .boxed()
            .toList();
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(starts)
        .mapPartitions(
            partition -> {
              TopK ranking = new TopK(unit);
              List<Object[]> rows = new ArrayList<>();
              partition.forEachRemaining(
                  start -> rows.addAll(similar(of, ranking, unit, start, tracks, k)));
              return written(to, SIMILAR, rows.iterator());
            })
        .fold(0L, Long::sum);
  }

  private static List<Object[]> similar(
      long version, TopK ranking, Factors unit, int start, UUID[] tracks, int k) {
    int count = Math.min(ITEMS_AT_A_TIME, unit.ids().length - start);
    float[][] queries = new float[count][];
    int[][] itself = new int[count][];
    for (int i = 0; i < count; i++) {
      queries[i] = unit.of(start + i);
      itself[i] = new int[] {unit.ids()[start + i]};
    }
    int[][] best = ranking.best(queries, itself, k);
    List<Object[]> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      UUID track = tracks[itself[i][0]];
      rows.add(new Object[] {version, ModelBucket.of(track), track, ids(best[i], tracks)});
    }
    return rows;
  }

  /** Removes all of a version, whether it was written whole or not. */
  static void remove(CqlSession session, long version) {
    for (String table : List.of("recommendations", "similar_tracks")) {
      Rows.write(
          session,
          "DELETE FROM " + table + " WHERE version = ? AND bucket = ?",
          IntStream.range(0, ModelBucket.COUNT)
              .mapToObj(bucket -> new Object[] {version, bucket})
              .iterator());
    }
    Rows.write(
        session,
        "DELETE FROM popular_tracks WHERE version = ?",
        List.<Object[]>of(new Object[] {version}).iterator());
  }

  /** How many, as the one element that a partition gives. */
  private static Iterator<Long> written(
      CassandraCluster cluster, String cql, Iterator<Object[]> rows) {
    if (!rows.hasNext()) {
      return List.of(0L).iterator();
    }
    return List.of(Rows.write(cluster.shared(), cql, rows)).iterator();
  }

  private static List<UUID> ids(int[] items, UUID[] tracks) {
    return Arrays.stream(items).mapToObj(item -> tracks[item]).toList();
  }
}
