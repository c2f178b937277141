package io.downbeat.bench.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of processes, as Linux keeps it in {@code /proc}. */
public final class Cpu {
  /** Linux counts in these for every program, whatever its kernel's own clock. */
  private static final double TICKS_PER_SECOND = 100;

  private Cpu() {}

  /** Seconds in user and kernel mode, of all its threads, since it began. */
  public static double seconds(long pid) throws IOException {
    return seconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
  }

  /**
   * The same of its threads of one name that are there now.
   *
   * @param name at most 15 letters
   */
  public static double seconds(long pid, String name) throws IOException {
    double sum = 0;
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        String stat = stat(thread);
        sum += stat.contains("(" + name + ")") ? seconds(stat) : 0;
      }
    }
    return sum;
  }

  /** Empty if the thread has ended. */
  private static String stat(Path thread) {
    try {
      return Files.readString(thread.resolve("stat"));
    } catch (IOException e) {
      return "";
    }
  }

  private static double seconds(String stat) {
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
  }
}
