package io.downbeat.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of processes, as Linux keeps it in {@code /proc}. */
public final class Cpu {
  /** Linux counts in these for every program, whatever its kernel's own clock. */
  private static final double TICKS_PER_SECOND = 100;

  private Cpu() {}

  /** Seconds in user and kernel mode, of all its threads, since it began. */
  public static double seconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
  }
}
