package io.downbeat.local.run.platform;

import io.downbeat.local.run.machine.Machine;
import io.downbeat.local.run.machine.PortHolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands in the way of a start, found before anything is started. */
public final class Obstacles {
  private static final long MEMORY_WANTED = 6L << 30;
  private static final long DISK_WANTED = 5L << 30;

  private Obstacles() {}

  /** Ports that another process holds, one line each. */
  public static List<String> takenPorts(RunConfig config) {
    List<String> taken = new ArrayList<>();
    config
        .ports()
        .byName()
        .forEach(
            (name, port) ->
                PortHolder.find(port)
                    .ifPresent(
                        holder ->
                            taken.add(
                                "Port %d (%s) is taken by %s.".formatted(port, name, holder))));
    return taken;
  }

  /** What is short but may do, one line each. */
  public static List<String> shortages(Path data) throws IOException {
    Files.createDirectories(data);
    return Stream.of(memoryShortage(), diskShortage(data)).flatMap(Optional::stream).toList();
  }

  static Optional<String> memoryShortage() {
    return Machine.availableMemory().stream()
        .filter(free -> free < MEMORY_WANTED)
        .mapToObj(
            free ->
                "Memory is short: %.1f GB are free, Downbeat needs up to 5 GB and the machine some of its own."
                    .formatted(gigabytes(free)))
        .findFirst();
  }

  static Optional<String> diskShortage(Path data) throws IOException {
    long disk = Files.getFileStore(data).getUsableSpace();
    return disk >= DISK_WANTED
        ? Optional.empty()
        : Optional.of(
            "Disk is short: %.1f GB are free for %s, and 5 GB are wanted; Kafka stops when it is full."
                .formatted(gigabytes(disk), data));
  }

  private static double gigabytes(long bytes) {
    return bytes / (double) (1L << 30);
  }
}
