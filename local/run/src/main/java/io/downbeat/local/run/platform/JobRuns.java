package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Blocked;
import java.util.Optional;

/**
 * Whether all tasks of a job run. A job whose state does not fit fails and is started again by
 * Flink without end, or ends with its process: either is told here, since only a command mends it.
 */
final class JobRuns implements JvmChild.Check {
  private final FlinkJob job;

  JobRuns(FlinkJob job) {
    this.job = job;
  }

  @Override
  public boolean holds() throws InterruptedException {
    if (job.runs()) {
      return true;
    }
    Optional<String> obstacle = job.failure().flatMap(UnreadableState::explain);
    if (obstacle.isPresent()) {
      throw new Blocked(obstacle.get());
    }
    return false;
  }

  @Override
  public Optional<String> obstacle(String log) {
    return UnreadableState.explain(log);
  }
}
