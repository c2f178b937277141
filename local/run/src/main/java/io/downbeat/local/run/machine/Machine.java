package io.downbeat.local.run.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What this machine has to give. Values are empty where the system doesn't tell. */
public final class Machine {
  private Machine() {}

  /** Memory that can be had without swapping, in bytes. */
  public static OptionalLong availableMemory() {
    return kibibytes(Path.of("/proc/meminfo"), "MemAvailable:");
  }

  /** Memory that a process holds, in bytes. */
  public static OptionalLong resident(long pid) {
    Path proc = Path.of("/proc", Long.toString(pid), "status");
    return Files.exists(Path.of("/proc/self")) ? kibibytes(proc, "VmRSS:") : residentFromPs(pid);
  }

  private static OptionalLong kibibytes(Path file, String label) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(label))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong residentFromPs(long pid) {
    try {
      Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
      ps.getOutputStream().close();
      if (!ps.waitFor(5, TimeUnit.SECONDS)) {
        ps.destroyForcibly();
        return OptionalLong.empty();
      }
      String output = new String(ps.getInputStream().readAllBytes(), UTF_8).trim();
      return output.matches("\\d+")
          ? OptionalLong.of(Long.parseLong(output) << 10)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
