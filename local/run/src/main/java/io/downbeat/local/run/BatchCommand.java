package io.downbeat.local.run;

import io.downbeat.local.run.platform.BatchProcess;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Hands everything behind {@code batch} to the batch jobs, who know their jobs and options. */
@Command(
    name = "batch",
    description = "Compute what needs history, now, and come back when it is done.",
    customSynopsis = {"downbeat batch --list", "       downbeat batch JOB [--as-of DATE] [--help]"},
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat batch --list",
      "  ./downbeat batch nightly",
      "  ./downbeat batch close-days",
      "  ./downbeat batch backfill",
      "  ./downbeat batch audit-counts",
      "  ./downbeat batch train-recommendations",
      "  ./downbeat batch train-recommendations --as-of 2026-01-31",
      "  ./downbeat batch rollback-recommendations",
      "  ./downbeat batch snapshots",
    })
final class BatchCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
      spec.commandLine().usage(spec.commandLine().getOut());
      return 0;
    }
    Home home = Home.ofLauncher();
    return BatchProcess.run(home, RunConfig.load(home.settings()), arguments);
  }
}
