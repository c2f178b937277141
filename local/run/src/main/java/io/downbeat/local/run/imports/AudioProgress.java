package io.downbeat.local.run.imports;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * What is done of an import of music: one line that is drawn anew on a terminal, else a line every
 * five seconds. Thread-safe.
 */
final class AudioProgress {
  private static final long TERMINAL_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LOG_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintStream out;
  private final boolean terminal;
  private final long files;
  private final long start = System.nanoTime();
  private long bytesLeft;
  private long bytesEncoded;
  private long done;
  private long broken;
  private double secondsEncoded;
  private String trouble = "";
  private long last = start;
  private boolean drawn;

  AudioProgress(PrintStream out, boolean terminal, long files, long bytes) {
    this.out = out;
    this.terminal = terminal;
    this.files = files;
    this.bytesLeft = bytes;
  }

  /**
   * @param encoded how much of it, in seconds; 0 if it was there
   */
  synchronized void done(long bytes, double encoded) {
    done++;
    bytesLeft -= bytes;
    if (encoded > 0) {
      bytesEncoded += bytes;
      secondsEncoded += encoded;
    }
  }

  synchronized void broken(long bytes) {
    done++;
    broken++;
    bytesLeft -= bytes;
  }

  /** What keeps the catalogue from going through; empty if nothing does. */
  synchronized void trouble(String text) {
    trouble = text;
  }

  synchronized void tick() {
    long now = System.nanoTime();
    if (now - last < (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      return;
    }
    last = now;
    if (terminal) {
      out.print("\r\u001b[K" + line(now));
      out.flush();
      drawn = true;
    } else {
      out.println(line(now));
    }
  }

  /** A line that stays. */
  synchronized void say(String line) {
    clear();
    out.println(line);
  }

  /** Takes the drawn line away. */
  synchronized void clear() {
    if (drawn) {
      out.print("\r\u001b[K");
      out.flush();
      drawn = false;
    }
  }

  synchronized double secondsEncoded() {
    return secondsEncoded;
  }

  double elapsedSeconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private String line(long now) {
    double seconds = Math.max((now - start) / 1e9, 1e-3);
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%,d of %,d files", done, files));
    if (broken > 0) {
      line.append(String.format(Locale.ROOT, "  %,d broken", broken));
    }
    if (secondsEncoded > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              "  %s encoded, %.1f times as fast as it plays",
              Progress.clock(Math.round(secondsEncoded)),
              secondsEncoded / seconds));
      line.append("  ")
          .append(Progress.clock(Math.round(bytesLeft / (bytesEncoded / seconds))))
          .append(" left");
    }
    return trouble.isEmpty() ? line.toString() : line + "  waiting: " + trouble;
  }
}
