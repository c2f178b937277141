package io.downbeat.batch;

import io.downbeat.batch.audit.AuditCounts;
import io.downbeat.batch.recommendations.RollbackRecommendations;
import io.downbeat.batch.recommendations.TrainRecommendations;
import java.util.List;

/** Every job: a picocli command whose description begins with one line for the list. */
final class BatchJobs {

  private BatchJobs() {}

  static List<Object> all(BatchConfig config) {
    return List.of(
        new AuditCounts(config),
        new TrainRecommendations(config),
        new RollbackRecommendations(config));
  }
}
