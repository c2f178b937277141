package io.downbeat.local.run.platform;

import io.downbeat.local.servers.jvm.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The supervisor of a home that runs, seen from any process.
 *
 * @param since when it started
 */
public record Running(Home home, ProcessHandle process, Instant since) {

  /** The one that runs for this home, if one does. */
  public static Optional<Running> find(Home home) {
    try {
      String[] fields = Files.readString(pidFile(home)).trim().split(" ", -1);
      Instant since = Instant.ofEpochMilli(Long.parseLong(fields[1]));
      return ProcessHandle.of(Long.parseLong(fields[0]))
          .filter(Running::isAlive)
          .filter(process -> isOurs(process, since))
          .map(process -> new Running(home, process, since));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** What it last said about its parts. */
  public Optional<Snapshot> snapshot() {
    return Snapshot.read(stateFile(home));
  }

  public boolean isAlive() {
    return isAlive(process);
  }

  /**
   * Parts that are alive, whoever started them: none, unless a supervisor was killed a moment ago
   * or hangs.
   */
  public static List<ProcessHandle> survivors(Home home) {
    return Platform.PARTS.stream()
        .flatMap(name -> ChildJvm.find(home.data(), name).stream())
        .toList();
  }

  /**
   * Makes this process the home's supervisor until it ends; empty if another one is.
   *
   * @return holds the place; the system takes it back with the process
   */
  static Optional<FileLock> take(Home home) throws IOException {
    Files.createDirectories(home.run());
    FileChannel channel =
        FileChannel.open(
            home.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    ProcessHandle self = ProcessHandle.current();
    Instant since = self.info().startInstant().orElseGet(Instant::now);
    Files.writeString(pidFile(home), self.pid() + " " + since.toEpochMilli() + "\n");
    return Optional.of(lock);
  }

  static void clear(Home home) throws IOException {
    Files.deleteIfExists(pidFile(home));
    Files.deleteIfExists(stateFile(home));
  }

  static Path stateFile(Home home) {
    return home.run().resolve("supervisor.json");
  }

  private static Path pidFile(Home home) {
    return home.run().resolve("supervisor.pid");
  }

  /** A later process may have been given the same pid: it started at another time. */
  private static boolean isOurs(ProcessHandle process, Instant since) {
    return process
        .info()
        .startInstant()
        .map(start -> Duration.between(start, since).abs().toMillis() < 1_000)
        .orElse(true);
  }

  /**
   * Where nobody takes note of a process's end, it stays in the process table as a zombie: that is
   * not alive.
   */
  private static boolean isAlive(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return !stat.substring(stat.lastIndexOf(')') + 1).trim().startsWith("Z");
    } catch (IOException e) {
      return process.isAlive();
    }
  }
}
