package io.downbeat.local.run;

import io.downbeat.local.run.platform.BatchProcess;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Hands everything behind {@code batch} to the batch jobs, who know their jobs and options. */
@Command(
    name = "batch",
    description =
        "Compute what needs history, now: ./downbeat batch --list names the jobs, batch JOB --help explains one.")
final class BatchCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    return BatchProcess.run(home, RunConfig.load(home.settings()), arguments);
  }
}
