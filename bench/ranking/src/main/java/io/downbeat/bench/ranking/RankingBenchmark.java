package io.downbeat.bench.ranking;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.ConfigFactory;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.lake.LocalSpark;
import io.downbeat.batch.recommendations.Als;
import io.downbeat.batch.recommendations.RankingMetrics;
import io.downbeat.batch.recommendations.Rating;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains on 1,892 listeners of Last.fm with the batch job's own settings, and ranks what was set
 * aside of what they heard. Beside it stand the popularity ranking and the figure of a plain numpy
 * implementation on the same split (alpha 60, regularization 8, every count taken for one).
 */
@Command(
    name = "ranking",
    mixinStandardHelpOptions = true,
    description = "Recall@20 and NDCG@20 of the recommendations, beside popularity.")
public final class RankingBenchmark implements Callable<Integer> {
  private static final double REFERENCE_RECALL = .2828;
  private static final double REFERENCE_NDCG = .2210;
  private static final double RECALL_GOAL = .27;
  private static final double NDCG_GOAL = .21;

  @Option(names = "--data", required = true, description = "Directory with the ranking sets.")
  private Path data = Path.of("../shared/data/ranking");

  @Option(names = "--quick", description = "Rank 16, 5 rounds: a first impression, without a goal.")
  private boolean quick;

  public static void main(String[] args) {
    System.exit(new CommandLine(new RankingBenchmark()).setUsageHelpAutoWidth(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path lastfm = data.resolve("lastfm");
    if (!Files.isDirectory(lastfm)) {
      System.out.println("Skipped: there is no " + lastfm + " to measure with.");
      return 0;
    }
    Als.Settings job = BatchConfig.from(ConfigFactory.defaultReference()).recommendations().als();
    Als.Settings settings =
        quick ? new Als.Settings(16, 5, job.alpha(), job.regularization()) : job;
    System.out.println("Last.fm, " + settings);
    try (SparkSession spark = LocalSpark.session("ranking")) {
      Dataset<Row> train = triplets(spark, lastfm.resolve("train_triplets.txt.gz"));
      Dataset<Row> test = triplets(spark, lastfm.resolve("test_triplets.txt.gz"));
      Dataset<Row> cases = items(train, "known").join(items(test, "later"), "listener").cache();
      long start = System.nanoTime();
      Als.Model model =
          Als.train(train.withColumn("rating", Rating.of(functions.col("plays"))), settings);
      double seconds = (System.nanoTime() - start) / 1e9;
      RankingMetrics als = RankingMetrics.of(model.listeners(), model.items(), cases);
      RankingMetrics popularity = RankingMetrics.ofPopularity(train, cases);
      return report(als, popularity, seconds);
    }
  }

  private int report(RankingMetrics als, RankingMetrics popularity, double seconds)
      throws IOException {
    System.out.printf("%-24s %10s %10s%n", "", "Recall@20", "NDCG@20");
    System.out.printf("%-24s %10.4f %10.4f%n", "ALS", als.recall(), als.ndcg());
    System.out.printf(
        "%-24s %10.4f %10.4f%n", "popularity", popularity.recall(), popularity.ndcg());
    System.out.printf(
        "%-24s %10.4f %10.4f%n", "reference ALS, rank 64", REFERENCE_RECALL, REFERENCE_NDCG);
    System.out.printf("%d listeners, trained in %.1f s%n", als.listeners(), seconds);
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("recall_at_20", als.recall());
    metrics.put("ndcg_at_20", als.ndcg());
    metrics.put("popularity_recall_at_20", popularity.recall());
    metrics.put("popularity_ndcg_at_20", popularity.ndcg());
    metrics.put("reference_recall_at_20", REFERENCE_RECALL);
    metrics.put("reference_ndcg_at_20", REFERENCE_NDCG);
    metrics.put("train_s", seconds);
    boolean met = quick || (als.recall() >= RECALL_GOAL && als.ndcg() >= NDCG_GOAL);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bench", "ranking");
    all.put("metrics", metrics);
    all.put("goals", Map.of("recall_at_20", RECALL_GOAL, "ndcg_at_20", NDCG_GOAL));
    all.put("met", met);
    System.out.println(new JsonMapper().writeValueAsString(all));
    return met ? 0 : 1;
  }

  private static Dataset<Row> items(Dataset<Row> triplets, String name) {
    return triplets.groupBy("listener").agg(functions.collect_set("item").as(name));
  }

  private static Dataset<Row> triplets(SparkSession spark, Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      List<Row> rows =
          lines
              .lines()
              .map(line -> line.strip().split("\t", -1))
              .map(
                  fields ->
                      RowFactory.create(
                          Integer.parseInt(fields[0]),
                          Integer.parseInt(fields[1]),
                          Double.parseDouble(fields[2])))
              .toList();
      return spark
          .createDataFrame(
              rows,
              new StructType().add("listener", "int").add("item", "int").add("plays", "double"))
          .cache();
    }
  }
}
