package io.downbeat.bench.delivery;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.Footprint;
import io.downbeat.bench.machine.HttpConnection;
import io.downbeat.bench.machine.Nginx;
import io.downbeat.bench.machine.OpenLoop;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sending sound: bytes per CPU second of serving-api, which checks each URL's signature, beside
 * nginx, which sends the same files with sendfile; what a listener takes of memory; and whether
 * thousand readers who take a kilobyte a second make others wait.
 *
 * <p>All files are in the page cache. Rounds alternate between the two, and each is first now and
 * then; the median of the rounds counts. CPU time is that of the server's processes, in user and
 * kernel mode.
 */
@Command(
    name = "delivery",
    mixinStandardHelpOptions = true,
    description = "Bytes of sound sent per CPU second, and memory of a listener, beside nginx.")
public final class DeliveryBenchmark implements Callable<Integer> {
  private static final int CONNECTIONS = 32;
  private static final int LISTENERS = 2_000;
  private static final int SLOW_READERS = 1_000;
  private static final Duration SEGMENT = Duration.ofSeconds(4);
  private static final double OTHERS_PER_SECOND = 100;
  private static final int OTHERS_CONNECTIONS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double KIB = 1 << 10;
  private static final double GIB = 1 << 30;

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  private Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  private Path work = Path.of("target");

  @Option(names = "--nginx", description = "The program; else the system's, else it is fetched.")
  private Optional<Path> nginx = Optional.empty();

  @Option(names = "--jvm-args", split = " ", description = "More for serving-api's JVM.")
  private List<String> jvmArgs = List.of();

  @Option(names = "--only-bytes", description = "Without listeners and slow readers.")
  private boolean onlyBytes;

  @Option(names = "--quick", description = "Fewer files, and fewer and shorter rounds.")
  private boolean quick;

  private final Map<String, Number> metrics = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(1);

  @Override
  public Integer call() throws Exception {
    Path program;
    try {
      program = Nginx.find(nginx);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    int count = quick ? 40 : 200;
    SoundFiles files = new SoundFiles(count);
    try (OwnServers servers = new OwnServers(work)) {
      Path store = Files.createDirectories(servers.home().resolve("sounds"));
      files.make(store);
      say("%d files of %,d bytes", count, SoundFiles.BYTES);
      int port = Ports.free();
      try (Nginx running = Nginx.start(program, servers.home().resolve("nginx"), store, port);
          Downbeat downbeat = new Downbeat(checkout, servers, store, jvmArgs)) {
        List<Sender> senders = List.of(downbeat, new NginxSender(running, port));
        bytes("segments", senders, () -> files.segment(random));
        bytes("files", senders, () -> files.whole(random));
        if (!onlyBytes) {
          for (Sender sender : senders) {
            listeners(sender, files);
          }
          for (Sender sender : senders) {
            slowReaders(sender, files, count);
          }
        }
      }
    }
    Map<String, Number> floors = Map.of("segments_share", .6, "files_share", .6);
    Result result = new Result("delivery", metrics, Map.of(), floors);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  /** Bytes per CPU second, in turn. */
  private void bytes(String what, List<Sender> senders, Supplier<SoundFiles.Part> parts)
      throws IOException {
    Duration warm = Duration.ofSeconds(quick ? 6 : 20);
    Duration length = Duration.ofSeconds(quick ? 3 : 8);
    int rounds = quick ? 5 : 9;
    List<Turns> turns = new ArrayList<>();
    for (Sender sender : senders) {
      turns.add(new Turns(sender, new Downloads(sender, CONNECTIONS, parts), new ArrayList<>()));
    }
    List<Turns> order = new ArrayList<>(turns);
    for (int round = -1; round < rounds; round++) {
      for (Turns each : order) {
        double before = each.sender().cpuSeconds();
        Downloads.Done done = each.downloads().run(round < 0 ? warm : length, Duration.ZERO);
        double cpu = each.sender().cpuSeconds() - before;
        double perCpuSecond = done.bytes() / GIB / cpu;
        say(
            "%-8s %-10s %5.2f GiB per CPU-s; %.2f GiB/s, %,.0f answers/s, %.2f of a core%s",
            what,
            each.sender().name(),
            perCpuSecond,
            done.bytes() / GIB / done.seconds(),
            done.answers() / done.seconds(),
            cpu / done.seconds(),
            round < 0 ? "; to warm up" : "");
        if (round >= 0) {
          each.rates().add(perCpuSecond);
        }
      }
      Collections.reverse(order);
    }
    for (Turns each : turns) {
      each.downloads().close();
      metrics.put(what + "_" + each.sender().name() + "_gib_per_cpu_s", rounded(each.rate()));
    }
    double share = turns.get(0).rate() / turns.get(1).rate();
    metrics.put(what + "_share", rounded(share));
    say("%-8s %.0f %% of nginx", what, 100 * share);
  }

  /** One sender's rounds: GiB per CPU second of each. */
  private record Turns(Sender sender, Downloads downloads, List<Double> rates) {
    double rate() {
      return median(rates);
    }
  }

  /** What those who fetch a segment every four seconds take. */
  private void listeners(Sender sender, SoundFiles files) throws IOException, InterruptedException {
    long heap = sender.heapBytes();
    long resident = sender.residentBytes();
    double cpu = sender.cpuSeconds();
    try (Downloads downloads = new Downloads(sender, LISTENERS, () -> files.segment(random))) {
      Downloads.Done done = downloads.run(Duration.ofSeconds(quick ? 12 : 40), SEGMENT);
      double busy = (sender.cpuSeconds() - cpu) / done.seconds();
      long residentEach = (sender.residentBytes() - resident) / LISTENERS;
      long heapEach = (sender.heapBytes() - heap) / LISTENERS;
      say(
          "%-10s %,d listeners: %,.1f KiB resident each, of these %,.1f KiB of heap in use; %.1f %% of a core",
          sender.name(), LISTENERS, residentEach / KIB, heapEach / KIB, 100 * busy);
      metrics.put("listener_" + sender.name() + "_resident_kib", rounded(residentEach / KIB));
      metrics.put("listener_" + sender.name() + "_heap_kib", rounded(heapEach / KIB));
      metrics.put("listeners_" + sender.name() + "_cores", rounded(busy));
    }
  }

  /** How long others wait for a segment before, and while, many read slowly. */
  private void slowReaders(Sender sender, SoundFiles files, int count)
      throws IOException, InterruptedException {
    Duration length = Duration.ofSeconds(quick ? 10 : 60);
    String prefix = "slow_" + sender.name() + "_";
    others(sender, files, Duration.ofSeconds(3));
    OpenLoop.Latencies before = others(sender, files, length);
    long heap = sender.heapBytes();
    long resident = sender.residentBytes();
    long tcp = Footprint.tcpBytes();
    try (SlowReaders slow = new SlowReaders(sender, SLOW_READERS, count)) {
      OpenLoop.Latencies during = others(sender, files, length);
      long residentEach = (sender.residentBytes() - resident) / SLOW_READERS;
      long heapEach = (sender.heapBytes() - heap) / SLOW_READERS;
      long tcpEach = (Footprint.tcpBytes() - tcp) / SLOW_READERS;
      say(
          "%-10s others' segments: p50 %.2f ms, p99 %.2f ms; beside %,d slow readers p50 %.2f ms, p99 %.2f ms, %d not asked in time; %d answered, %d closed; %,.1f KiB resident each, %,.1f KiB of heap, %,.0f KiB in the kernel",
          sender.name(),
          before.millis(50),
          before.millis(99),
          SLOW_READERS,
          during.millis(50),
          during.millis(99),
          during.unasked(),
          slow.answered(),
          slow.closed(),
          residentEach / KIB,
          heapEach / KIB,
          tcpEach / KIB);
      metrics.put(prefix + "kernel_kib", rounded(tcpEach / KIB));
      metrics.put(prefix + "p99_ms_before", rounded(before.millis(99)));
      metrics.put(prefix + "p99_ms_during", rounded(during.millis(99)));
      metrics.put(prefix + "answered", slow.answered());
      metrics.put(prefix + "closed", slow.closed());
      metrics.put(prefix + "resident_kib", rounded(residentEach / KIB));
      metrics.put(prefix + "heap_kib", rounded(heapEach / KIB));
    }
  }

  private OpenLoop.Latencies others(Sender sender, SoundFiles files, Duration length)
      throws IOException, InterruptedException {
    long[] moments = OpenLoop.moments(OTHERS_PER_SECOND, length, 1);
    List<SoundFiles.Part> parts = new ArrayList<>();
    for (int i = 0; i < moments.length; i++) {
      parts.add(files.segment(random));
    }
    List<String> queries = parts.stream().map(part -> query(sender, part)).toList();
    return new OpenLoop(OpenLoop.clock())
        .run(() -> new Other(sender), queries, moments, OTHERS_CONNECTIONS);
  }

  private static String query(Sender sender, SoundFiles.Part part) {
    return "%s %d-%d"
        .formatted(sender.target(part.file()), part.from(), part.from() + part.length() - 1);
  }

  /** Asks for a target and its range. */
  private static final class Other implements OpenLoop.Asker {
    private final HttpConnection connection;

    Other(Sender sender) throws IOException {
      connection = new HttpConnection(sender.port(), PATIENCE);
    }

    @Override
    public void ask(String query) throws IOException {
      String[] parts = query.split(" ", -1);
      HttpConnection.Answer answer =
          connection.send("GET", parts[0], "Range: bytes=" + parts[1] + "\r\n", new byte[0]);
      if (answer.status() != 206) {
        throw new IOException("A segment was answered with " + answer.status());
      }
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double rounded(double value) {
    return Math.round(1_000 * value) / 1_000.0;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
