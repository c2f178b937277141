package io.downbeat.batch;

import io.downbeat.batch.recommendations.RollbackRecommendations;
import io.downbeat.batch.recommendations.TrainRecommendations;
import io.downbeat.batch.totals.Backfill;
import io.downbeat.batch.totals.CloseDays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Every job: a picocli command whose description begins with one line for the list. */
final class BatchJobs {

  private BatchJobs() {}

  static List<Object> all(BatchConfig config) {
    CloseDays closeDays = new CloseDays(config);
    Backfill backfill = new Backfill(config);
    TrainRecommendations training = new TrainRecommendations(config);
    Map<String, Callable<Integer>> ofEveryNight = new LinkedHashMap<>();
    ofEveryNight.put("close-days", closeDays);
    ofEveryNight.put("backfill", backfill);
    ofEveryNight.put("train-recommendations", training);
    return List.of(
        new Nightly(ofEveryNight),
        closeDays,
        backfill,
        training,
        new RollbackRecommendations(config));
  }
}
