package io.downbeat.local.run;

import io.downbeat.local.run.platform.FlinkJob;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Running;
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
import picocli.CommandLine.Spec;

@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    description = {
      "Make the state and the counts of stream-jobs anew, from the plays in the lake and the log that follows them.",
      "",
      "For counts and charts that are wrong, or state that is lost or can't be read. Afterwards every count and chart of"
          + " the open days, and every number of listeners, is what the lake and the log say. Nobody's screen shows a"
          + " number in between: readers see the old ones until the new ones are there.",
      "",
      "Plays that come in meanwhile are accepted, wait in the log, and are counted after. It may be ended at any moment,"
          + " by force too: then nothing has changed, and it can be run again.",
    },
    footerHeading = "%n",
    footer = {
      "Days that are closed, older than the open window (open-window.days), are the batch's: a wrong total of theirs is"
          + " replaced by its next recount, ./downbeat batch --list.",
      "",
      "Example:",
      "  ./downbeat rebuild",
    })
final class RebuildCommand implements Callable<Integer> {
  private static final Duration SAVEPOINT = Duration.ofMinutes(2);

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    RunConfig config = RunConfig.load(home.settings());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Optional<Running> running = Running.find(home);
    if (running.isEmpty()) {
      err.println("Downbeat is not running. Start it first: ./downbeat up");
      return 1;
    }
    StreamPart stream = new StreamPart(home, running.get());
    Instant begin = Instant.now();
    Optional<StreamHold> taken = stream.hold();
    if (taken.isEmpty()) {
      err.println(
          "stream-jobs are being started, or another command works on their state. Try again when it is done.");
      return 1;
    }
    try (StreamHold hold = taken.get()) {
      say(out, "Stopping the job …");
      stop(stream, new FlinkJob(config.ports().flink()));
      say(out, "Reading the lake …");
      int code = stream.rebuild(config);
      if (code != 0) {
        err.printf(
            "The rebuild ended with exit code %d; ./downbeat logs stream-jobs says why. Nothing has changed: the job goes"
                + " on from the state that it had, and ./downbeat rebuild can be run again.%n",
            code);
        return 1;
      }
    }
    say(out, "Starting the job from the new state …");
    Optional<String> failure = stream.awaitReady();
    if (failure.isPresent()) {
      err.println(
          "The new state is there, but the job does not start: "
              + failure.get()
              + "\nIt is tried again and again; ./downbeat logs stream-jobs says more.");
      return 1;
    }
    out.printf("Rebuilt in %s.%n", Words.span(Duration.between(begin, Instant.now())));
    return 0;
  }

  /** With all that it knew in the lake, if it still can; the log has the rest. */
  private static void stop(StreamPart stream, FlinkJob job) throws InterruptedException {
    Optional<String> id = stream.awaitJob(job);
    if (id.isPresent() && job.stopWithSavepoint(id.get(), SAVEPOINT) instanceof FlinkJob.Stop.Stopped) {
      stream.awaitEnd();
    } else {
      stream.end();
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
