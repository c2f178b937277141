package io.downbeat.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process and its files take. */
public final class Footprint {
  private static final Pattern HEAP_USED =
      Pattern.compile("^ *+(?!Metaspace|class space).*\\bused (\\d+)K", Pattern.MULTILINE);
  private static final long PAGE_BYTES = 4 << 10;
  private static final int PATIENCE_SECONDS = 120;

  private Footprint() {}

  /** Bytes of the heap in use after a full collection. */
  public static long heapBytes(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    return heapUsed(jcmd(pid, "GC.heap_info"));
  }

  /**
   * @param info as {@code jcmd GC.heap_info} prints it, of any collector
   */
  static long heapUsed(String info) {
    Matcher used = HEAP_USED.matcher(info);
    long kilobytes = 0;
    while (used.find()) {
      kilobytes += Long.parseLong(used.group(1));
    }
    return kilobytes << 10;
  }

  /** Memory that a process holds, as Linux counts it. */
  public static long residentBytes(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    }
  }

  /** Memory that Linux holds for all TCP connections of the machine, both ends of each. */
  public static long tcpBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/net/sockstat"))) {
      return lines
          .filter(line -> line.startsWith("TCP:"))
          .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)) * PAGE_BYTES)
          .sum();
    }
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("Cannot run jcmd %d %s: %s".formatted(pid, command, said.strip()));
    }
    return said;
  }

  /** Bytes of all files under a directory; 0 where there is none. */
  public static long diskBytes(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(Footprint::size).sum();
    } catch (UncheckedIOException e) {
      // A file of the walk is gone already.
      throw e.getCause();
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
