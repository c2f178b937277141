package io.downbeat.local.run;

import io.downbeat.local.run.platform.FlinkJob;
import io.downbeat.local.run.platform.FlinkJob.Stop;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Platform;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Running;
import io.downbeat.local.run.platform.StreamCode;
import io.downbeat.local.run.platform.StreamHold;
import io.downbeat.local.run.platform.StreamPart;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "upgrade",
    mixinStandardHelpOptions = true,
    description = {
      "Replace the code of the running stream-jobs and keep their state.",
      "",
      "Builds what is newer than the last build and makes the topics, schemas and tables that are new, while the old"
          + " code runs on; stops the job with a savepoint; starts the new code from it. Plays that come in meanwhile wait in the log. Nothing else is restarted.",
      "",
      "It may be ended at any moment, by force too: the job is then started from its newest checkpoint or savepoint.",
    },
    footerHeading = "%n",
    footer = {
      "To go back to older code, check it out and run this again. A state backend that was changed in downbeat.conf is"
          + " taken over by this, too.",
      "",
      "Examples:",
      "  ./downbeat upgrade",
      "  ./downbeat upgrade --from-checkpoint    where the old code can't write a savepoint any more",
    })
final class UpgradeCommand implements Callable<Integer> {
  private static final Duration SAVEPOINT = Duration.ofMinutes(10);

  @Option(
      names = "--from-checkpoint",
      description =
          "End the old code without a savepoint, and go on from its newest checkpoint, a few seconds back: nothing is"
              + " lost or counted twice. Adding a counter is fine; a new state backend needs a savepoint.")
  private boolean fromCheckpoint;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Optional<Running> running = Running.find(home);
    if (running.isEmpty()) {
      err.println(
          "Downbeat is not running. ./downbeat up builds what is new and starts it from the newest state.");
      return 1;
    }
    RunConfig config = RunConfig.load(home.settings());
    StreamPart stream = new StreamPart(home, running.get());
    Instant begin = Instant.now();
    Optional<StreamHold> taken = stream.hold();
    if (taken.isEmpty()) {
      err.println(
          "stream-jobs are being started, or another command works on their state. Try again when it is done.");
      return 1;
    }
    try (StreamHold hold = taken.get()) {
      if (!prepare(home, config, err)
          || !stop(stream, new FlinkJob(config.ports().flink()), out, err)) {
        return 1;
      }
      StreamCode.take(home);
    }
    out.println("Starting the new code …");
    out.flush();
    Optional<String> failure = stream.awaitReady();
    if (failure.isPresent()) {
      err.println("The new code does not start: " + failure.get());
      err.println(
          "Nothing is lost: plays wait in the log, and the state is kept. Correct the code, or check out the old, and run"
              + " ./downbeat upgrade again. ./downbeat logs stream-jobs says more.");
      return 1;
    }
    out.printf("Upgraded in %s.%n", Words.span(Duration.between(begin, Instant.now())));
    return 0;
  }

  private static boolean prepare(Home home, RunConfig config, PrintWriter err) {
    try {
      Platform.prepare(home, config);
      return true;
    } catch (RuntimeException e) {
      err.println("Cannot make what the new code needs: " + e.getMessage());
      err.println("The old code goes on. ./downbeat status says whether all servers run.");
      return false;
    }
  }

  /** Whether no old code runs any more. */
  private boolean stop(StreamPart stream, FlinkJob job, PrintWriter out, PrintWriter err)
      throws IOException, InterruptedException {
    Optional<String> id = fromCheckpoint ? Optional.empty() : stream.awaitJob(job);
    if (id.isEmpty()) {
      out.println("Ending the old code; the new goes on from the newest checkpoint …");
      out.flush();
      stream.end();
      return true;
    }
    out.println("Stopping the job with a savepoint …");
    out.flush();
    Stop stop = job.stopWithSavepoint(id.get(), SAVEPOINT);
    if (stop instanceof Stop.Failed failed) {
      err.println("Cannot write a savepoint: " + failed.reason());
      err.println(
          "The old code goes on, and nothing has changed. ./downbeat upgrade --from-checkpoint does without one.");
      return false;
    }
    if (stop instanceof Stop.Stopped stopped) {
      out.println("  " + stopped.savepoint());
      StreamPart.deleteOlder(stopped.savepoint());
    }
    stream.awaitEnd();
    return true;
  }
}
