package io.downbeat.batch.recommendations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one training made of the plays.
 *
 * @param known pairs of listeners and tracks with enough streams, of {@link History#known}
 * @param quality empty where nothing could be held out
 */
public record Training(
    History history, Dataset<Row> known, Als.Model model, Optional<Quality> quality) {
  private static final Logger LOG = LoggerFactory.getLogger(Training.class);

  /**
   * @param listLength of each published list
   */
  public record Settings(
      Als.Settings als,
      int minStreamsOfListener,
      int minStreamsOfTrack,
      Duration heldOut,
      Duration notAgainFor,
      int listLength) {}

  /** Of a model that saw nothing of the held-out time, beside the most popular tracks. */
  record Quality(RankingMetrics model, RankingMetrics popularity) {}

  /**
   * @param plays of {@link io.downbeat.batch.lake.Lake#plays}
   */
  static Training of(Dataset<Row> plays, Instant asOf, Settings settings) {
    Instant heldOutFrom = asOf.minus(settings.heldOut());
    History history =
        History.of(
            plays, heldOutFrom, settings.minStreamsOfListener(), settings.minStreamsOfTrack());
    Dataset<Row> known = history.known().cache();
    Dataset<Row> ratings = History.ratings(known, "streams").cache();
    if (ratings.isEmpty()) {
      throw new IllegalStateException(
          "Cannot train on the plays before %s: no listener with %d streams heard a track with %d streams"
              .formatted(asOf, settings.minStreamsOfListener(), settings.minStreamsOfTrack()));
    }
    LOG.info(
        "{} listeners and {} tracks have enough streams; {} pairs of them to learn from",
        history.listeners().count(),
        history.tracks().count(),
        ratings.count());
    // Beside each other: neither keeps all cores busy.
    CompletableFuture<Optional<Quality>> quality =
        CompletableFuture.supplyAsync(() -> quality(history, known, heldOutFrom, settings.als()));
    Als.Model model = Als.train(ratings, settings.als());
    return new Training(history, known, model, quality.join());
  }

  private static Optional<Quality> quality(
      History history, Dataset<Row> known, Instant heldOutFrom, Als.Settings settings) {
    Dataset<Row> earlier = History.ratings(known, "streams_before").cache();
    Dataset<Row> cases =
        history.cases(heldOutFrom).join(earlier.select("listener").distinct(), "listener").cache();
    if (cases.isEmpty()) {
      LOG.info("Not measured: nobody streamed before and something new after {}", heldOutFrom);
      return Optional.empty();
    }
    Als.Model model = Als.train(earlier, settings);
    Quality quality =
        new Quality(
            RankingMetrics.of(model.listeners(), model.items(), cases),
            RankingMetrics.ofPopularity(earlier, cases));
    LOG.info(
        "Recall@20 {}, NDCG@20 {} on what {} listeners newly streamed from {} on; popularity {}, {}",
        rounded(quality.model().recall()),
        rounded(quality.model().ndcg()),
        quality.model().listeners(),
        heldOutFrom,
        rounded(quality.popularity().recall()),
        rounded(quality.popularity().ndcg()));
    return Optional.of(quality);
  }

  /** Model listeners with what each is not recommended: {@code recent} and {@code heard} items. */
  Dataset<Row> listeners(Instant recentFrom) {
    Dataset<Row> masks =
        known
            .groupBy("user_id", "listener")
            .agg(
                collect_list(when(col("last_heard").geq(lit(recentFrom)), col("item")))
                    .as("recent"),
                collect_list("item").as("heard"));
    return model
        .listeners()
        .join(masks, "listener")
        .select("user_id", "factors", "recent", "heard");
  }

  private static String rounded(double value) {
    return "%.4f".formatted(value);
  }
}
