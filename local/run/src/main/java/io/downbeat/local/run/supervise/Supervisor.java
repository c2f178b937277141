package io.downbeat.local.run.supervise;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Starts parts in the order of their needs, each as soon as what it needs is ready, and starts
 * again what ends by itself. One thread drives each part; the states are guarded by this object's
 * monitor.
 *
 * <p>Until everything has been ready once, a part that fails {@value #STARTS_TO_GIVE_UP_AFTER}
 * starts in a row ends the attempt: something is wrong that waiting doesn't mend. From then on
 * nothing is given up. A part that is {@link Blocked} ends nothing: the others run, and it is tried
 * again until what it needs is done.
 *
 * <p>Thread-safe. Used once: after {@link #close} it stays closed.
 */
public final class Supervisor implements AutoCloseable {
  private static final int STARTS_TO_GIVE_UP_AFTER = 3;

  /**
   * Hears of every change, in order, from the thread that made it, under the supervisor's monitor:
   * be quick.
   */
  @FunctionalInterface
  public interface Listener {
    void changed(PartState before, PartState after);
  }

  private final List<Part> parts;
  private final Backoff backoff;
  private final Clock clock;
  private final Listener listener;
  private final Map<String, PartState> states = new HashMap<>();
  private final Set<String> onceReady = new HashSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closing;
  private @Nullable String failure;

  public Supervisor(List<Part> parts, Backoff backoff, Clock clock, Listener listener) {
    this.parts = List.copyOf(parts);
    this.backoff = backoff;
    this.clock = clock;
    this.listener = listener;
    Set<String> known = new HashSet<>();
    for (Part part : parts) {
      if (!known.containsAll(part.needs())) {
        throw new IllegalArgumentException(
            "Cannot supervise %s: it needs %s, of which not all come before it"
                .formatted(part.name(), part.needs()));
      }
      known.add(part.name());
      states.put(part.name(), PartState.waiting(part.name(), clock.instant()));
      part.child().reportTo(what -> change(part, state -> state.doing(what)));
    }
  }

  /** Starts everything and returns at once; see {@link #awaitReady}. */
  public synchronized void start() {
    for (Part part : parts) {
      Thread thread = new Thread(() -> keepRunning(part), part.name());
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /**
   * Returns when every part has been ready once, but for those that are blocked and those that wait
   * for them.
   *
   * @throws StartFailed if a part can't be started; the parts still run until {@link #close}
   */
  public synchronized void awaitReady() throws InterruptedException, StartFailed {
    while (onceReady.size() < parts.size() && !isBlocked()) {
      if (failure != null) {
        throw new StartFailed(failure);
      }
      if (closing) {
        throw new InterruptedException("closed");
      }
      wait();
    }
  }

  private boolean isBlocked() {
    return states().stream().anyMatch(state -> state.phase() == Phase.BLOCKED)
        && parts.stream()
            .allMatch(
                part ->
                    onceReady.contains(part.name())
                        || state(part.name()).phase() == Phase.BLOCKED
                        || !onceReady.containsAll(part.needs()));
  }

  /** In the order in which they were given. */
  public synchronized List<PartState> states() {
    return parts.stream().map(part -> state(part.name())).toList();
  }

  public OptionalLong pid(String name) {
    return parts.stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .map(part -> part.child().pid())
        .orElse(OptionalLong.empty());
  }

  /** Stops everything, what needs others first, and returns when nothing runs. */
  @Override
  public void close() {
    List<Thread> driving;
    synchronized (this) {
      closing = true;
      driving = List.copyOf(threads);
      notifyAll();
    }
    driving.forEach(Thread::interrupt);
    Map<String, Thread> stops = new HashMap<>();
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      List<Thread> before =
          parts.stream()
              .filter(each -> each.needs().contains(part.name()))
              .map(each -> stops.get(each.name()))
              .toList();
      Thread stop = new Thread(() -> stop(part, before), "stop-" + part.name());
      stops.put(part.name(), stop);
      stop.start();
    }
    stops.values().forEach(Supervisor::joinUninterruptibly);
  }

  private void keepRunning(Part part) {
    try {
      awaitNeeds(part);
      while (true) {
        awaitStart(part);
        try {
          part.child().start();
          part.child().awaitReady();
          change(part, state -> state.ready(clock.instant()));
          died(part, part.child().awaitEnd());
        } catch (Blocked e) {
          blocked(part, String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
          String message = e.getMessage();
          died(part, message == null ? e.toString() : message);
        }
      }
    } catch (InterruptedException e) {
      // Closing: nothing interrupts these threads before that.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitNeeds(Part part) throws InterruptedException {
    while (!onceReady.containsAll(part.needs())) {
      wait();
    }
  }

  /** Waits out the back-off and marks the part as starting. */
  private synchronized void awaitStart(Part part) throws InterruptedException {
    while (true) {
      if (closing) {
        throw new InterruptedException("closing");
      }
      Duration left = Duration.between(clock.instant(), state(part.name()).startsAt());
      if (left.isNegative() || left.isZero()) {
        change(part, state -> state.starting(clock.instant()));
        return;
      }
      wait(left.toMillis() + 1);
    }
  }

  private synchronized void died(Part part, String why) throws InterruptedException {
    if (closing) {
      throw new InterruptedException("closing");
    }
    Instant now = clock.instant();
    change(part, state -> state.died(now, why, backoff));
    if (onceReady.size() < parts.size()
        && state(part.name()).failedStarts() >= STARTS_TO_GIVE_UP_AFTER) {
      failure = why;
      notifyAll();
    }
  }

  private synchronized void blocked(Part part, String why) throws InterruptedException {
    if (closing) {
      throw new InterruptedException("closing");
    }
    change(part, state -> state.blocked(clock.instant(), why, backoff));
  }

  private void stop(Part part, List<Thread> before) {
    before.forEach(Supervisor::joinUninterruptibly);
    change(part, state -> state.stopping(clock.instant()));
    part.child().stop();
    change(part, state -> state.stopped(clock.instant()));
  }

  private synchronized void change(Part part, UnaryOperator<PartState> event) {
    PartState before = state(part.name());
    PartState after = event.apply(before);
    states.put(part.name(), after);
    if (after.phase() == Phase.READY) {
      onceReady.add(part.name());
    }
    listener.changed(before, after);
    notifyAll();
  }

  private PartState state(String name) {
    PartState state = states.get(name);
    if (state == null) {
      throw new IllegalArgumentException("Cannot find part '" + name + "'");
    }
    return state;
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
