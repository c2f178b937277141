package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Blocked;
import io.downbeat.local.run.supervise.Child;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server or an app as a child JVM. */
final class JvmChild implements Child {
  /** What it must also show, beside {@link ChildJvm.Spec#ready}. */
  @FunctionalInterface
  interface Check {
    /**
     * False while it doesn't yet.
     *
     * @throws Blocked if it won't, and somebody has to mend that
     */
    boolean holds() throws InterruptedException;

    /** What somebody has to mend before it can start, where the log of one that ended tells. */
    default Optional<String> obstacle(String log) {
      return Optional.empty();
    }
  }

  /**
   * Two arenas instead of eight per core: some hundred MB less over all processes, at no cost that
   * shows here.
   */
  private static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "2");

  private static final long LOOK_MILLIS = 200;

  /** Exit codes from here on are signals. */
  private static final int SIGNALS = 128;

  private final Supplier<ChildJvm.Spec> prepare;
  private final Check check;
  private volatile @Nullable ChildJvm jvm;
  private boolean stopped;

  JvmChild(Supplier<ChildJvm.Spec> prepare, Check check) {
    this.prepare = prepare;
    this.check = check;
  }

  @Override
  public void start() {
    ChildJvm.Spec spec = prepare.get();
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.putAll(spec.environment());
    synchronized (this) {
      if (stopped) {
        throw new IllegalStateException(
            "Cannot start " + spec.name() + ": it was stopped for good");
      }
      ChildJvm started = new ChildJvm(spec.withEnvironment(environment));
      jvm = started;
      started.start();
    }
  }

  @Override
  public void awaitReady() throws InterruptedException {
    ChildJvm started = started();
    try {
      awaitReady(started);
    } catch (Blocked e) {
      started.kill();
      throw e;
    } catch (RuntimeException e) {
      Optional<String> obstacle =
          endedByItself(started) ? check.obstacle(started.log()) : Optional.empty();
      if (obstacle.isPresent()) {
        throw new Blocked(obstacle.get());
      }
      throw e;
    }
  }

  private void awaitReady(ChildJvm started) throws InterruptedException {
    started.awaitReady();
    long deadline = System.nanoTime() + started.spec().readyWithin().toNanos();
    while (!check.holds()) {
      if (!started.isAlive()) {
        throw failed(started, end(started) + " before it was ready");
      }
      if (System.nanoTime() > deadline) {
        started.kill();
        throw failed(
            started, "was not ready within " + started.spec().readyWithin().toSeconds() + " s");
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public String awaitEnd() throws InterruptedException {
    ChildJvm started = started();
    try {
      started.onExit().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot see the end of " + started.name(), e);
    }
    return end(started);
  }

  @Override
  public OptionalLong pid() {
    ChildJvm started = jvm;
    return started == null ? OptionalLong.empty() : started.pid();
  }

  @Override
  public void stop() {
    ChildJvm started;
    synchronized (this) {
      stopped = true;
      started = jvm;
    }
    if (started != null) {
      started.stop();
    }
  }

  /** Not by a signal. */
  private static boolean endedByItself(ChildJvm jvm) {
    return jvm.exitCode().orElse(SIGNALS) < SIGNALS;
  }

  private ChildJvm started() {
    ChildJvm started = jvm;
    if (started == null) {
      throw new IllegalStateException("Cannot wait for a child that was never started");
    }
    return started;
  }

  private static IllegalStateException failed(ChildJvm jvm, String what) {
    return new IllegalStateException(
        "%s %s. Its log, %s, ends with:%n%s"
            .formatted(jvm.name(), what, jvm.logFile(), jvm.logTail().strip()));
  }

  private static String end(ChildJvm jvm) {
    int code = jvm.exitCode().orElse(-1);
    return switch (code) {
      case 128 + 9 -> "was killed (SIGKILL)";
      case 128 + 15 -> "was ended (SIGTERM)";
      case 3 -> "ended with exit code 3 (out of memory?)";
      default -> "ended with exit code " + code;
    };
  }
}
