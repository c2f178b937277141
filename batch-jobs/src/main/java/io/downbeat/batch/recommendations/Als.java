package io.downbeat.batch.recommendations;

import java.util.Comparator;
import java.util.List;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Alternating least squares on implicit feedback (Hu, Koren, Volinsky 2008), as Spark's MLlib
 * computes it.
 */
public final class Als {
  private static final long SEED = 1;

  /**
   * @param rank length of the vectors
   * @param alpha how much surer a rating of one makes us than no rating
   * @param regularization MLlib multiplies it by a listener's or track's number of ratings
   */
  public record Settings(int rank, int iterations, double alpha, double regularization) {}

  /**
   * @param listeners columns {@code listener} (int) and {@code factors} (array of float)
   */
  public record Model(Dataset<Row> listeners, Factors items) {}

  private Als() {}

  /**
   * @param ratings columns {@code listener} and {@code item} (int, from 0) and {@code rating}
   *     (float, above 0)
   */
  public static Model train(Dataset<Row> ratings, Settings settings) {
    int blocks = ratings.sparkSession().sparkContext().defaultParallelism();
    ALSModel model =
        new ALS()
            .setUserCol("listener")
            .setItemCol("item")
            .setRatingCol("rating")
            .setImplicitPrefs(true)
            .setRank(settings.rank())
            .setMaxIter(settings.iterations())
            .setAlpha(settings.alpha())
            .setRegParam(settings.regularization())
            .setNumBlocks(blocks)
            .setSeed(SEED)
            .fit(ratings);
    return new Model(
        model.userFactors().toDF("listener", "factors"),
        factors(model.rank(), model.itemFactors().collectAsList()));
  }

  private static Factors factors(int rank, List<Row> rows) {
    List<Row> sorted = rows.stream().sorted(Comparator.comparingInt(row -> row.getInt(0))).toList();
    int[] ids = new int[sorted.size()];
    float[] values = new float[sorted.size() * rank];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = sorted.get(i).getInt(0);
      List<Float> vector = sorted.get(i).getList(1);
      for (int r = 0; r < rank; r++) {
        values[i * rank + r] = vector.get(r);
      }
    }
    return new Factors(rank, ids, values);
  }
}
