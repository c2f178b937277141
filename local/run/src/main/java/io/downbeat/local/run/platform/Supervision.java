package io.downbeat.local.run.platform;

import io.downbeat.local.run.proxy.Proxy;
import io.downbeat.local.run.supervise.Backoff;
import io.downbeat.local.run.supervise.Part;
import io.downbeat.local.run.supervise.PartState;
import io.downbeat.local.run.supervise.Phase;
import io.downbeat.local.run.supervise.StartFailed;
import io.downbeat.local.run.supervise.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileLock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The platform of one home while this process runs it: its parts, the proxy before them, the files
 * by which other commands see it. Thread-safe.
 */
public final class Supervision implements AutoCloseable {
  private final Home home;
  private final FileLock lock;
  private final Journal journal;
  private final Supervisor supervisor;
  private final Proxy proxy;
  private final Consumer<String> onTrouble;
  private boolean closed;

  private Supervision(
      Home home,
      RunConfig config,
      List<Part> more,
      FileLock lock,
      Clock clock,
      Consumer<String> onTrouble)
      throws IOException {
    this.home = home;
    this.lock = lock;
    this.onTrouble = onTrouble;
    journal = new Journal(home.log("supervisor"), clock);
    List<Part> parts = new ArrayList<>(Platform.parts(home, config));
    parts.addAll(more);
    supervisor = new Supervisor(parts, Backoff.STANDARD, clock, this::changed);
    proxy =
        new Proxy(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), config.ports().api()),
            URI.create("http://127.0.0.1:" + config.ports().serving()),
            URI.create("http://127.0.0.1:" + config.ports().ingest()));
  }

  /**
   * Starts everything and returns at once; empty if another process runs this home.
   *
   * @param more parts beside those of the platform, which they may need
   * @param onTrouble told in one line what ended and what is done about it; called from any thread
   */
  public static Optional<Supervision> start(
      Home home, RunConfig config, List<Part> more, Clock clock, Consumer<String> onTrouble)
      throws IOException {
    Optional<FileLock> lock = Running.take(home);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    SecretFile.ensure(home.serviceKey());
    SecretFile.ensure(home.accountSecret());
    SoundKeyFiles.ensure(home.soundKeys(), clock.instant());
    StreamCode.take(home);
    Supervision supervision = new Supervision(home, config, more, lock.get(), clock, onTrouble);
    supervision.journal.write("supervisor starts as process " + ProcessHandle.current().pid());
    supervision.proxy.start();
    supervision.supervisor.start();
    return Optional.of(supervision);
  }

  /** Returns when every part has been ready once. */
  public void awaitReady() throws InterruptedException, StartFailed {
    supervisor.awaitReady();
  }

  public Snapshot snapshot() {
    return new Snapshot(
        supervisor.states().stream()
            .map(
                state ->
                    new Snapshot.PartView(
                        state.name(),
                        state.phase(),
                        state.since(),
                        state.restarts(),
                        supervisor.pid(state.name()),
                        state.note()))
            .toList());
  }

  /** Stops everything and returns when nothing runs; what comes after the first does nothing. */
  @Override
  public void close() throws IOException {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    journal.write("supervisor stops everything");
    proxy.close();
    supervisor.close();
    journal.write("supervisor ends");
    Running.clear(home);
    lock.release();
  }

  private void changed(PartState before, PartState after) {
    snapshot().write(Running.stateFile(home));
    if (before.phase() == after.phase()) {
      return;
    }
    String line = line(before, after);
    journal.write(line);
    if (after.phase() == Phase.BACKING_OFF || after.phase() == Phase.BLOCKED) {
      journal.write(after.note());
      onTrouble.accept(line);
    } else if (after.phase() == Phase.READY && after.restarts() > 0) {
      onTrouble.accept(line);
    }
  }

  private String line(PartState before, PartState after) {
    double seconds = Duration.between(before.since(), after.since()).toMillis() / 1_000.0;
    return switch (after.phase()) {
      case WAITING -> after.name() + " waits";
      case STARTING -> after.name() + " starts";
      case READY ->
          "%s is ready after %.1f s%s".formatted(after.name(), seconds, process(after.name()));
      case BACKING_OFF, BLOCKED ->
          "%s; it is started again in %d s".formatted(why(after), after.delay().toSeconds());
      case STOPPING -> after.name() + " is stopped";
      case STOPPED -> "%s has stopped after %.1f s".formatted(after.name(), seconds);
    };
  }

  private String process(String name) {
    OptionalLong pid = supervisor.pid(name);
    return pid.isPresent() ? " (process " + pid.getAsLong() + ")" : "";
  }

  /** The first line of the reason, with the part's name in it. */
  private static String why(PartState state) {
    String first = state.note().lines().findFirst().orElse("ended");
    return first.contains(state.name()) ? first : state.name() + " " + first;
  }
}
