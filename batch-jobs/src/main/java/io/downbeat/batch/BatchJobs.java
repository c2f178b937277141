package io.downbeat.batch;

import io.downbeat.batch.audit.AuditCounts;
import io.downbeat.batch.lake.MaintainLake;
import io.downbeat.batch.recommendations.RollbackRecommendations;
import io.downbeat.batch.recommendations.TrainRecommendations;
import io.downbeat.batch.snapshots.Snapshots;
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
    AuditCounts audit = new AuditCounts(config);
    TrainRecommendations training = new TrainRecommendations(config);
    Snapshots snapshots = new Snapshots(config);
    MaintainLake maintenance = new MaintainLake(config);
    Map<String, Callable<Integer>> ofEveryNight = new LinkedHashMap<>();
    ofEveryNight.put("close-days", closeDays);
    ofEveryNight.put("backfill", backfill);
    ofEveryNight.put("audit-counts", audit);
    ofEveryNight.put("train-recommendations", training);
    ofEveryNight.put("snapshots", snapshots);
    ofEveryNight.put("maintain-lake", maintenance);
    return List.of(
        new Nightly(ofEveryNight),
        closeDays,
        backfill,
        audit,
        training,
        new RollbackRecommendations(config),
        snapshots,
        maintenance);
  }
}
