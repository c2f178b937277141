package io.downbeat.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** The jobs of a night, one after the other. One that fails does not keep the next from running. */
@Command(
    name = "nightly",
    mixinStandardHelpOptions = true,
    description = {
      "Run what belongs to every night: close-days, backfill, audit-counts, train-recommendations, snapshots, maintain-lake.",
      "In this order, so that each sees what the one before has made. Ends with the first exit code that is not 0, after all have run."
    })
final class Nightly implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Nightly.class);

  private final Map<String, Callable<Integer>> jobs;

  /**
   * @param jobs by name, in their order
   */
  Nightly(Map<String, Callable<Integer>> jobs) {
    this.jobs = new LinkedHashMap<>(jobs);
  }

  @Override
  public Integer call() {
    int code = 0;
    for (Map.Entry<String, Callable<Integer>> job : jobs.entrySet()) {
      LOG.info("Runs {}", job.getKey());
      int ended = run(job.getKey(), job.getValue());
      code = code == 0 ? ended : code;
    }
    return code;
  }

  private static int run(String name, Callable<Integer> job) {
    try {
      return job.call();
    } catch (Exception e) {
      LOG.error("{} failed: {}", name, e.getMessage(), e);
      return 1;
    }
  }
}
