package io.downbeat.bench.ranking;

import static org.apache.spark.sql.functions.col;

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
import org.apache.spark.sql.Column;
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
 * Trains on 1,892 listeners of Last.fm with the batch job's own code, and ranks what was set aside
 * of what they heard. Alpha and regularization are chosen on a validation part cut from what is
 * trained on; the test part is looked at once, at the end. Beside it stand the job's own settings,
 * the popularity ranking, and the figure of a plain numpy implementation on the same split (alpha
 * 60, regularization 8, every count taken for one).
 */
@Command(
    name = "ranking",
    mixinStandardHelpOptions = true,
    description = "Recall@20 and NDCG@20 of the recommendations, beside popularity.")
public final class RankingBenchmark implements Callable<Integer> {
  private static final RankingMetrics REFERENCE = new RankingMetrics(.2828, .2210, 0);
  private static final RankingMetrics REFERENCE_POPULARITY = new RankingMetrics(.0365, .0210, 0);
  private static final Map<String, Double> GOALS = goals(.27, .21);

  /** Sixteen numbers say less of a listener than 64. */
  private static final Map<String, Double> QUICK_GOALS = goals(.2, .15);

  private static final double[] ALPHAS = {10, 20, 40, 80};
  private static final double[] REGULARIZATIONS = {4, 8, 16};

  /** One pair in so many is set aside to choose by. */
  private static final int VALIDATION = 5;

  @Option(names = "--data", required = true, description = "Directory with the ranking sets.")
  private Path data = Path.of("../shared/data/ranking");

  @Option(
      names = "--quick",
      description = "Rank 16, 5 rounds, the job's alpha and regularization: a first impression.")
  private boolean quick;

  private final Map<String, Number> metrics = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(new CommandLine(new RankingBenchmark()).setUsageHelpAutoWidth(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path lastfm = data.resolve("lastfm");
    Path trainFile = lastfm.resolve("train_triplets.txt.gz");
    Path testFile = lastfm.resolve("test_triplets.txt.gz");
    if (!Files.isReadable(trainFile) || !Files.isReadable(testFile)) {
      System.out.printf(
          "Cannot measure: %s and %s must be there: tab-separated lines of listener, artist and plays%n",
          trainFile, testFile);
      return end();
    }
    Als.Settings ofJob = BatchConfig.from(ConfigFactory.defaultReference()).recommendations().als();
    Als.Settings job =
        quick ? new Als.Settings(16, 5, ofJob.alpha(), ofJob.regularization()) : ofJob;
    try (SparkSession spark = LocalSpark.session("ranking")) {
      Dataset<Row> train = triplets(spark, trainFile);
      Dataset<Row> cases = cases(train, triplets(spark, testFile));
      Als.Settings chosen = quick ? job : chosen(train, job);
      long start = System.nanoTime();
      RankingMetrics als = measure(train, cases, chosen);
      double seconds = (System.nanoTime() - start) / 1e9;
      RankingMetrics popularity = RankingMetrics.ofPopularity(train, cases);
      System.out.printf(
          "%nThe test part of %d listeners, trained and ranked in %.1f s:%n",
          als.listeners(), seconds);
      System.out.printf("%-42s %10s %10s%n", "", "Recall@20", "NDCG@20");
      report("", words("ALS", chosen), als);
      if (!chosen.equals(job)) {
        report("job_", words("ALS of the job", job), measure(train, cases, job));
      }
      report("popularity_", "popularity", popularity);
      report("reference_", "ALS in numpy, rank 64, alpha 60, reg. 8", REFERENCE);
      report("reference_popularity_", "popularity in numpy", REFERENCE_POPULARITY);
      metrics.put("alpha", chosen.alpha());
      metrics.put("regularization", chosen.regularization());
      metrics.put("seconds", seconds);
    }
    return end();
  }

  /** Those that rank best what is set aside of the training part; the test part is not seen. */
  private static Als.Settings chosen(Dataset<Row> train, Als.Settings job) {
    Column setAside =
        functions
            .pmod(functions.hash(col("listener"), col("item")), functions.lit(VALIDATION))
            .equalTo(0);
    Dataset<Row> fit = train.where(functions.not(setAside)).cache();
    Dataset<Row> cases = cases(fit, train.where(setAside));
    System.out.printf(
        "Chosen on one in %d pairs of the training part:%n%-42s %10s %10s%n",
        VALIDATION, "", "Recall@20", "NDCG@20");
    Als.Settings best = job;
    double most = -1;
    for (double alpha : ALPHAS) {
      for (double regularization : REGULARIZATIONS) {
        Als.Settings settings =
            new Als.Settings(job.rank(), job.iterations(), alpha, regularization);
        RankingMetrics found = measure(fit, cases, settings);
        print(words("ALS", settings), found);
        if (found.ndcg() > most) {
          most = found.ndcg();
          best = settings;
        }
      }
    }
    return best;
  }

  private static RankingMetrics measure(
      Dataset<Row> train, Dataset<Row> cases, Als.Settings settings) {
    Als.Model model = Als.train(train.withColumn("rating", Rating.of(col("plays"))), settings);
    return RankingMetrics.of(model.listeners(), model.items(), cases);
  }

  private void report(String prefix, String words, RankingMetrics found) {
    print(words, found);
    metrics.put(prefix + "recall_at_20", found.recall());
    metrics.put(prefix + "ndcg_at_20", found.ndcg());
  }

  private static void print(String words, RankingMetrics found) {
    System.out.printf("%-42s %10.4f %10.4f%n", words, found.recall(), found.ndcg());
  }

  private static String words(String name, Als.Settings settings) {
    return "%s, rank %d, alpha %.0f, reg. %.0f"
        .formatted(name, settings.rank(), settings.alpha(), settings.regularization());
  }

  private int end() throws IOException {
    Map<String, Double> goals = quick ? QUICK_GOALS : GOALS;
    boolean met =
        goals.entrySet().stream()
            .allMatch(
                goal ->
                    metrics.containsKey(goal.getKey())
                        && metrics.get(goal.getKey()).doubleValue() >= goal.getValue());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bench", "ranking");
    all.put("metrics", metrics);
    all.put("goals", goals);
    all.put("met", met);
    System.out.println(new JsonMapper().writeValueAsString(all));
    return met ? 0 : 1;
  }

  private static Map<String, Double> goals(double recall, double ndcg) {
    Map<String, Double> goals = new LinkedHashMap<>();
    goals.put("recall_at_20", recall);
    goals.put("ndcg_at_20", ndcg);
    return goals;
  }

  private static Dataset<Row> cases(Dataset<Row> train, Dataset<Row> later) {
    return items(train, "known").join(items(later, "later"), "listener").cache();
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
