package io.downbeat.batch.recommendations;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.publish.ModelVersions;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

@Command(
    name = "rollback-recommendations",
    mixinStandardHelpOptions = true,
    description = {
      "Serve the recommendations of the training before the live one.",
      "A second time it goes back again. Nothing is deleted before the next training."
    })
public final class RollbackRecommendations implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RollbackRecommendations.class);

  private final BatchConfig config;

  public RollbackRecommendations(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    try (CqlSession session = config.cassandra().connect()) {
      long live = new ModelVersions(session, TrainRecommendations.MODEL).rollback();
      LOG.info("Version {} is live again", live);
      return 0;
    }
  }
}
