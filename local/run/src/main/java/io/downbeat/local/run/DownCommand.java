package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Running;
import io.downbeat.local.run.platform.Snapshot;
import io.downbeat.local.run.supervise.Phase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description =
        "Stop everything and leave no process behind. What doesn't end when asked is killed. Data stays.",
    footerHeading = "%n",
    footer = {"Example:", "  ./downbeat down"})
final class DownCommand implements Callable<Integer> {
  /** Longer than the supervisor gives its parts. */
  private static final Duration ASKED = Duration.ofSeconds(60);

  private static final Duration KILLED = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 100;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Home home = Home.ofLauncher();
    PrintWriter out = spec.commandLine().getOut();
    Optional<Running> running = Running.find(home);
    if (running.isEmpty() && Running.survivors(home).isEmpty()) {
      out.println("Downbeat is not running.");
      return 0;
    }
    if (running.isPresent()) {
      stop(running.get(), out);
    }
    int killed = killSurvivors(home);
    out.println(
        killed == 0
            ? "Stopped."
            : "Stopped; " + killed + " processes that did not end by themselves were killed.");
    return 0;
  }

  private static void stop(Running running, PrintWriter out) throws InterruptedException {
    running.process().destroy();
    String waitsFor = "";
    long deadline = System.nanoTime() + ASKED.toNanos();
    while (running.isAlive() && System.nanoTime() < deadline) {
      String now = running.snapshot().map(DownCommand::stillThere).orElse("");
      if (!now.isEmpty() && !now.equals(waitsFor)) {
        out.println("Stopping " + now);
        out.flush();
        waitsFor = now;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    if (running.isAlive()) {
      running.process().destroyForcibly();
    }
  }

  private static String stillThere(Snapshot snapshot) {
    return snapshot.parts().stream()
        .filter(part -> part.phase() != Phase.STOPPED && part.pid().isPresent())
        .map(Snapshot.PartView::name)
        .collect(Collectors.joining(", "));
  }

  private static int killSurvivors(Home home) throws InterruptedException {
    List<ProcessHandle> survivors = Running.survivors(home);
    survivors.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + KILLED.toNanos();
    while (!Running.survivors(home).isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Cannot kill "
                + Running.survivors(home).stream()
                    .map(process -> "process " + process.pid())
                    .collect(Collectors.joining(", ")));
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return survivors.size();
  }
}
