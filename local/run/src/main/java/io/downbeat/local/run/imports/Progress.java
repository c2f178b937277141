package io.downbeat.local.run.imports;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Rows, rate and time left of one file: one line that is drawn anew on a terminal, else a line
 * every five seconds. Called by one thread; {@link #trouble} by any.
 */
final class Progress {

  private static final long TERMINAL_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LOG_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintStream out;
  private final boolean terminal;
  private final String name;
  private final long size;
  private volatile String trouble = "";
  private boolean drawn;
  private long start = System.nanoTime();
  private long startRows;
  private long startBytes;
  private long last = start;

  /**
   * @param size of the file in bytes; -1 if unknown
   */
  Progress(PrintStream out, boolean terminal, String name, long size) {
    this.out = out;
    this.terminal = terminal;
    this.name = name;
    this.size = size;
  }

  /** From here on it counts: what an earlier run has done says nothing about this one's rate. */
  void begin(long rows, long bytes) {
    start = System.nanoTime();
    startRows = rows;
    startBytes = bytes;
  }

  /** What keeps batches from going through; empty if nothing does. */
  void trouble(String text) {
    trouble = text;
  }

  void tick(long rows, long bytes) {
    long now = System.nanoTime();
    if (now - last < (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      return;
    }
    last = now;
    String line = line(rows, bytes, now - start);
    if (terminal) {
      out.print("\r\u001b[K" + line);
      out.flush();
      drawn = true;
    } else {
      out.println(line);
    }
  }

  /** Takes the drawn line away. */
  void clear() {
    if (drawn) {
      out.print("\r\u001b[K");
      out.flush();
      drawn = false;
    }
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private String line(long rows, long bytes, long nanos) {
    double seconds = Math.max(nanos / 1e9, 1e-3);
    String text =
        String.format(
            Locale.ROOT, "%s  %,d rows  %,.0f/s", name, rows, (rows - startRows) / seconds);
    if (size > 0) {
      text += String.format(Locale.ROOT, "  %d %%", Math.min(100, 100 * bytes / size));
      double bytesPerSecond = (bytes - startBytes) / seconds;
      if (bytesPerSecond > 0) {
        text += "  " + clock(Math.round((size - bytes) / bytesPerSecond)) + " left";
      }
    }
    String waiting = trouble;
    return waiting.isEmpty() ? text : text + "  waiting: " + waiting;
  }

  static String clock(long seconds) {
    long positive = Math.max(seconds, 0);
    return positive < 3600
        ? String.format(Locale.ROOT, "%d:%02d", positive / 60, positive % 60)
        : String.format(Locale.ROOT, "%d h %02d min", positive / 3600, positive / 60 % 60);
  }
}
