package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Platform;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Running;
import io.downbeat.local.run.platform.Snapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "What runs, since when, with how much memory, and where it is reached.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:everything is ready", "1:something is not", "3:nothing runs"},
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat status",
      "  ./downbeat status --json | jq .totals.resident_mb",
    })
final class StatusCommand implements Callable<Integer> {
  private static final int NOT_READY = 1;
  private static final int NOT_RUNNING = 3;

  @Option(names = "--json", description = "As JSON, for other programs.")
  private boolean json;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Home home = Home.ofLauncher();
    RunConfig config = RunConfig.load(home.settings());
    PrintWriter out = spec.commandLine().getOut();
    Optional<Running> running = Running.find(home);
    if (running.isEmpty()) {
      out.println(
          json
              ? "{\"running\":false,\"ready\":false,\"parts\":[],\"totals\":{\"resident_mb\":0}}"
              : "Downbeat is not running. ./downbeat up starts it.");
      return NOT_RUNNING;
    }
    Snapshot snapshot = running.get().snapshot().orElseGet(() -> new Snapshot(List.of()));
    Report report =
        Report.of(
            snapshot,
            running.get().process().pid(),
            running.get().since(),
            Instant.now(),
            Platform.addresses(config));
    if (json) {
      out.println(report.toJson());
    } else {
      report.print(out);
    }
    return snapshot.allReady() ? 0 : NOT_READY;
  }
}
