package io.downbeat.batch.recommendations;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How well rankings find what listeners turned to later: means over listeners.
 *
 * @param recall the part of a listener's later items that is among the first 20
 * @param ndcg the same, weighted by 1 / log2(rank + 1) and divided by what the best ranking gets
 * @param listeners over whom the means are
 */
public record RankingMetrics(double recall, double ndcg, long listeners) {
  public static final int AT = 20;

  private record Sums(double recall, double ndcg, long listeners) implements Serializable {
    Sums plus(Sums other) {
      return new Sums(recall + other.recall, ndcg + other.ndcg, listeners + other.listeners);
    }
  }

  /**
   * Ranks all items for each listener, without those that the listener knew.
   *
   * @param listeners columns {@code listener} and {@code factors}
   * @param cases columns {@code listener}, {@code known} and {@code later} (arrays of int,
   *     disjoint, {@code later} not empty); an item that is not ranked is a miss
   */
  public static RankingMetrics of(Dataset<Row> listeners, Factors items, Dataset<Row> cases) {
    Sums sums =
        cases
            .join(listeners, "listener")
            .select("factors", "known", "later")
            .toJavaRDD()
            .mapPartitions(
                rows -> {
                  TopK ranking = new TopK(items);
                  return Blocks.map(rows, block -> List.of(sums(ranking, block)));
                })
            .fold(new Sums(0, 0, 0), Sums::plus);
    return new RankingMetrics(
        sums.recall() / sums.listeners(), sums.ndcg() / sums.listeners(), sums.listeners());
  }

  /**
   * The same where everyone gets the items in the order of how many listeners they have.
   *
   * @param ratings columns {@code listener} and {@code item}, distinct
   */
  public static RankingMetrics ofPopularity(Dataset<Row> ratings, Dataset<Row> cases) {
    List<Row> counts = ratings.groupBy("item").count().orderBy("item").collectAsList();
    int[] ids = counts.stream().mapToInt(row -> row.getInt(0)).toArray();
    float[] scores = new float[ids.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = counts.get(i).getLong(1);
    }
    Dataset<Row> everyone =
        cases.select("listener").withColumn("factors", functions.array(functions.lit(1f)));
    return of(everyone, Factors.ofScores(ids, scores), cases);
  }

  private static Sums sums(TopK ranking, List<Row> block) {
    int[][] best = ranking.best(Blocks.vectors(block, 0), Blocks.ids(block, 1), AT);
    int[][] later = Blocks.ids(block, 2);
    Sums sums = new Sums(0, 0, 0);
    for (int i = 0; i < best.length; i++) {
      sums = sums.plus(new Sums(recall(best[i], later[i]), ndcg(best[i], later[i]), 1));
    }
    return sums;
  }

  static double recall(int[] ranked, int[] relevant) {
    return (double) Arrays.stream(ranked).filter(item -> contains(relevant, item)).count()
        / relevant.length;
  }

  static double ndcg(int[] ranked, int[] relevant) {
    double gain = 0;
    double ideal = 0;
    for (int place = 0; place < AT; place++) {
      double discount = Math.log(2) / Math.log(place + 2);
      gain += place < ranked.length && contains(relevant, ranked[place]) ? discount : 0;
      ideal += place < relevant.length ? discount : 0;
    }
    return gain / ideal;
  }

  private static boolean contains(int[] sorted, int item) {
    return Arrays.binarySearch(sorted, item) >= 0;
  }
}
