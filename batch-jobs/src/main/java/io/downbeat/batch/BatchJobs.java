package io.downbeat.batch;

import io.downbeat.batch.recommendations.RollbackRecommendations;
import io.downbeat.batch.recommendations.TrainRecommendations;
import io.downbeat.batch.totals.Backfill;
import io.downbeat.batch.totals.CloseDays;
import java.util.List;

/** Every job: a picocli command whose description begins with one line for the list. */
final class BatchJobs {

  private BatchJobs() {}

  static List<Object> all(BatchConfig config) {
    return List.of(
        new CloseDays(config),
        new Backfill(config),
        new TrainRecommendations(config),
        new RollbackRecommendations(config));
  }
}
