package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Phase;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The process of stream-jobs that a supervisor keeps running, seen from another command. */
public final class StreamPart {
  private static final String NAME = "stream-jobs";
  private static final long LOOK_MILLIS = 200;
  private static final Duration HOLD_WITHIN = Duration.ofSeconds(5);
  private static final Duration JOB_WITHIN = Duration.ofMinutes(1);
  private static final Duration END_WITHIN = Duration.ofMinutes(1);
  private static final Duration READY_WITHIN = Duration.ofMinutes(10);
  private static final int FAILED_STARTS = 3;

  private final Home home;
  private final Running running;

  public StreamPart(Home home, Running running) {
    this.home = home;
    this.running = running;
  }

  /** From then on it is not started again; empty if another command has it for longer. */
  public Optional<StreamHold> hold() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + HOLD_WITHIN.toNanos();
    Optional<StreamHold> hold = StreamHold.take(home);
    while (hold.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(LOOK_MILLIS);
      hold = StreamHold.take(home);
    }
    return hold;
  }

  /** Id of its job once that runs; empty if it does not, or there is no process. */
  public Optional<String> awaitJob(FlinkJob job) throws InterruptedException {
    long deadline = System.nanoTime() + JOB_WITHIN.toNanos();
    Optional<String> id = job.running();
    while (id.isEmpty() && process().isPresent() && System.nanoTime() < deadline) {
      Thread.sleep(LOOK_MILLIS);
      id = job.running();
    }
    return id;
  }

  /**
   * Runs the rebuild to its end, in place of the usual process: whoever starts that next ends what
   * may be left of this one first.
   *
   * @return its exit code
   */
  public int rebuild(RunConfig config) throws InterruptedException {
    ChildJvm rebuild =
        new ChildJvm(new Apps(home, config).streamJobs("io.downbeat.stream.RebuildJob"));
    rebuild.start();
    try {
      return rebuild.onExit().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot see the end of the rebuild", e);
    } finally {
      rebuild.stop();
    }
  }

  /** Returns when the process has ended; one that hangs is ended by force. */
  public void awaitEnd() throws InterruptedException {
    if (!ends(END_WITHIN)) {
      end();
    }
  }

  /** Ends the process; its state is that of the newest checkpoint. */
  public void end() throws InterruptedException {
    process().ifPresent(ProcessHandle::destroy);
    if (!ends(END_WITHIN)) {
      process().ifPresent(ProcessHandle::destroyForcibly);
      ends(END_WITHIN);
    }
  }

  /**
   * Waits until a process that was started after the last one ended is ready.
   *
   * @return why not, if it fails several starts in a row or is blocked
   */
  public Optional<String> awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    int failed = 0;
    int restarts = part().map(Snapshot.PartView::restarts).orElse(0);
    while (System.nanoTime() < deadline) {
      Optional<Snapshot.PartView> part = part();
      if (part.isEmpty()) {
        return Optional.of("the supervisor has ended");
      }
      if (part.get().phase() == Phase.READY && process().isPresent()) {
        return Optional.empty();
      }
      if (part.get().restarts() > restarts) {
        restarts = part.get().restarts();
        failed++;
      }
      if (failed >= FAILED_STARTS || failed > 0 && part.get().phase() == Phase.BLOCKED) {
        return Optional.of(part.get().note());
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return Optional.of("it was not ready within " + READY_WITHIN.toMinutes() + " minutes");
  }

  /** Deletes the savepoints beside a new one: whoever restores takes the newest. */
  public static void deleteOlder(Path savepoint) throws IOException {
    List<Path> older;
    try (Stream<Path> all = Files.list(savepoint.getParent())) {
      older = all.filter(each -> !each.equals(savepoint)).toList();
    }
    for (Path each : older) {
      StreamCode.delete(each);
    }
  }

  private Optional<Snapshot.PartView> part() {
    return running.isAlive()
        ? running
            .snapshot()
            .flatMap(
                snapshot ->
                    snapshot.parts().stream().filter(part -> part.name().equals(NAME)).findFirst())
        : Optional.empty();
  }

  private boolean ends(Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (process().isPresent()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  private Optional<ProcessHandle> process() {
    return ChildJvm.find(home.data(), NAME);
  }
}
