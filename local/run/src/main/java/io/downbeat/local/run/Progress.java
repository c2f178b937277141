package io.downbeat.local.run;

import io.downbeat.local.run.platform.Snapshot;
import io.downbeat.local.run.supervise.Phase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows what a start waits for until it is closed: one live line per part on a terminal, elsewhere
 * a line for each change. One thread of its own.
 */
final class Progress implements AutoCloseable {
  private static final long REPAINT_MILLIS = 200;
  private static final Duration SAY_AGAIN = Duration.ofSeconds(5);
  private static final Set<Phase> SAID =
      EnumSet.of(Phase.STARTING, Phase.READY, Phase.BACKING_OFF, Phase.BLOCKED);

  private final PrintWriter out;
  private final boolean live;
  private final Supplier<Snapshot> latest;
  private final Instant begin = Instant.now();
  private final Map<String, Phase> said = new HashMap<>();
  private final Map<String, Instant> saidAt = new HashMap<>();
  private final Map<String, Instant> begun = new HashMap<>();
  private final Thread thread = new Thread(this::paintUntilClosed, "progress");
  private int painted;
  private volatile boolean closed;

  Progress(PrintWriter out, boolean live, Supplier<Snapshot> latest) {
    this.out = out;
    this.live = live;
    this.latest = latest;
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether ./downbeat found a terminal that understands cursor movements. */
  static boolean onTerminal() {
    return Boolean.getBoolean("downbeat.terminal");
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
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

  private void paintUntilClosed() {
    while (!closed) {
      paint(latest.get(), Instant.now());
      try {
        Thread.sleep(REPAINT_MILLIS);
      } catch (InterruptedException e) {
        break;
      }
    }
    paint(latest.get(), Instant.now());
  }

  private void paint(Snapshot snapshot, Instant now) {
    snapshot
        .parts()
        .forEach(
            part -> {
              if (part.phase() == Phase.STARTING) {
                begun.putIfAbsent(part.name(), part.since());
              }
            });
    if (live) {
      repaint(snapshot, now);
    } else {
      sayChanges(snapshot, now);
    }
    out.flush();
  }

  private void repaint(Snapshot snapshot, Instant now) {
    List<String> lines = new ArrayList<>();
    for (Snapshot.PartView part : snapshot.parts()) {
      lines.add("  %-13s %s".formatted(part.name(), words(part, now)));
    }
    StringBuilder screen = new StringBuilder();
    if (painted > 0) {
      screen.append("\033[").append(painted).append('A');
    }
    lines.forEach(line -> screen.append("\033[K").append(line).append('\n'));
    painted = Math.max(painted, lines.size());
    out.print(screen);
  }

  private void sayChanges(Snapshot snapshot, Instant now) {
    for (Snapshot.PartView part : snapshot.parts()) {
      Phase before = said.put(part.name(), part.phase());
      boolean news = before != part.phase() && SAID.contains(part.phase());
      boolean works = part.phase() == Phase.STARTING && !part.note().isEmpty();
      if (news
          || (works && !now.isBefore(saidAt.getOrDefault(part.name(), begin).plus(SAY_AGAIN)))) {
        saidAt.put(part.name(), now);
        out.printf("%5.1f s  %-13s %s%n", seconds(begin, now), part.name(), words(part, now));
      }
    }
  }

  private String words(Snapshot.PartView part, Instant now) {
    Instant start = begun.getOrDefault(part.name(), begin);
    return switch (part.phase()) {
      case WAITING -> "waits";
      case STARTING ->
          (live ? "starting %.1f s".formatted(seconds(part.since(), now)) : "starting")
              + (part.note().isEmpty() ? "" : "  " + Words.firstLine(part.note()));
      case READY -> "ready after %.1f s".formatted(seconds(start, part.since()));
      case BACKING_OFF -> "failed, tries again: " + Words.firstLine(part.note());
      case BLOCKED -> Words.firstLine(part.note());
      case STOPPING -> "stopping";
      case STOPPED -> "stopped";
    };
  }

  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis()) / 1_000.0;
  }
}
