package io.downbeat.bench.ingest;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.OwnIngest;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * CPU time of the ingest process for a million plays in batches of 1, 20 and 500, beside Kafka's
 * own performance test of the producer (records as large, the same acknowledgements) and a naive
 * handler. Every play that was answered for is looked for in the log. Latency is taken at half of
 * the rate that the machine reaches with the load beside it.
 */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description =
        "CPU time and latency of POST /v1/plays, beside the producer alone and a naive handler.")
public final class IngestBenchmark implements Callable<Integer> {
  /**
   * @param plays of a request
   * @param requests to measure with; the naive handler gets fewer, it takes that much longer
   */
  private record Size(int plays, int requests, int naiveRequests) {}

  private static final List<Size> SIZES =
      List.of(new Size(1, 10_000, 3_000), new Size(20, 4_000, 600), new Size(500, 1_200, 30));
  private static final int CONNECTIONS = 16;
  private static final int CONNECTIONS_AT_A_RATE = 64;
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  private Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  private Path work = Path.of("target");

  @Option(
      names = "--quick",
      description = "One round instead of three that are three times as long.")
  private boolean quick;

  /** One server that takes plays in, on a topic of its own. */
  private record Target(String name, ChildJvm jvm, int port, Topic<Play> topic, Batches batches) {}

  private final Map<String, List<Double>> cpu = new LinkedHashMap<>();
  private final Map<String, List<Double>> rates = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    int rounds = quick ? 1 : 3;
    Duration length = Duration.ofSeconds(quick ? 5 : 15);
    Map<String, Number> metrics = new LinkedHashMap<>();
    try (OwnServers servers = new OwnServers(work)) {
      servers.start(servers.kafka(), servers.registry());
      Target ours = ours(servers);
      Target naive = naive(servers);
      try {
        for (Target target : List.of(ours, naive)) {
          target.jvm().start();
          target.jvm().awaitReady();
        }
        for (Size size : SIZES) {
          int times = quick ? 1 : 3;
          for (Target target : List.of(ours, naive)) {
            load(target, size.plays())
                .asFastAsAnswered(
                    CONNECTIONS, times * (target == ours ? size.requests() : size.naiveRequests()));
          }
          for (int round = 0; round < rounds; round++) {
            measure(ours, size.plays(), times * size.requests());
            measure(naive, size.plays(), times * size.naiveRequests());
          }
          latency(ours, size.plays(), length, metrics);
        }
        Batches.Found found = find(servers, ours);
        long recordBytes = found.bytes() / found.records();
        for (int round = 0; round < rounds; round++) {
          producerAlone(servers, recordBytes, quick ? 2_000_000 : 5_000_000);
        }
        metrics.put("record_bytes", recordBytes);
        metrics.put("acknowledged", found.acknowledged());
        metrics.put("lost", found.lost());
        metrics.put("naive_lost", find(servers, naive).lost());
      } finally {
        ours.jvm().stop();
        naive.jvm().stop();
      }
    }
    return report(metrics);
  }

  private int report(Map<String, Number> metrics) throws IOException {
    cpu.forEach((name, seconds) -> metrics.put(name + "_cpu_s_per_million", median(seconds)));
    rates.forEach(
        (name, perSecond) -> metrics.put(name + "_plays_per_s", Math.round(median(perSecond))));
    metrics.put("ours_to_producer_500", ratio("ingest_500", "producer"));
    metrics.put("ours_to_naive_20", ratio("ingest_20", "naive_20"));
    Map<String, Number> goals = new LinkedHashMap<>();
    goals.put("lost", 0);
    goals.put("ours_to_producer_500", 2);
    goals.put("ours_to_naive_20", .25);
    Result result = new Result("ingest", metrics, goals);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private void measure(Target target, int batch, int requests)
      throws IOException, InterruptedException {
    long pid = target.jvm().pid().orElseThrow();
    double before = Cpu.seconds(pid);
    Load.Outcome outcome = load(target, batch).asFastAsAnswered(CONNECTIONS, requests);
    double perMillion = (Cpu.seconds(pid) - before) * 1e6 / outcome.plays();
    note(target.name() + "_" + batch, perMillion, outcome.playsPerSecond());
  }

  private void latency(Target target, int batch, Duration length, Map<String, Number> metrics)
      throws IOException, InterruptedException {
    String name = target.name() + "_" + batch;
    double half = median(rates.getOrDefault(name, List.of())) / 2;
    Load.Outcome outcome = load(target, batch).at(half, CONNECTIONS_AT_A_RATE, length);
    double p50 = outcome.micros().getValueAtPercentile(50) / 1e3;
    double p99 = outcome.micros().getValueAtPercentile(99) / 1e3;
    metrics.put(name + "_p50_ms", p50);
    metrics.put(name + "_p99_ms", p99);
    System.out.printf(
        Locale.ROOT,
        "%-12s at %,.0f plays a second: p50 %.1f ms, p99 %.1f ms%n",
        name,
        outcome.playsPerSecond(),
        p50,
        p99);
  }

  private void producerAlone(OwnServers servers, long recordBytes, int records)
      throws IOException, InterruptedException {
    ChildJvm jvm =
        new ChildJvm(
            new ChildJvm.Spec(
                    servers.home(),
                    "producer",
                    Classpath.ofThisProcess(),
                    ProducerAlone.class.getName(),
                    new Ready.Listens(servers.kafka().port()))
                .withJvmArgs(OwnIngest.JVM_ARGS)
                .withArgs(
                    servers.kafka().bootstrapServers(),
                    "producer-" + Topics.PLAYS.name(),
                    Integer.toString(records),
                    Long.toString(recordBytes)));
    long start = System.nanoTime();
    jvm.start();
    int exit = jvm.onExit().join();
    String tail = jvm.logTail().strip();
    if (exit != 0) {
      throw new IOException("The producer's performance test failed:\n" + tail);
    }
    double seconds = ProducerAlone.seconds(tail.substring(tail.lastIndexOf('\n') + 1));
    note("producer", seconds * 1e6 / records, records * 1.5e9 / (System.nanoTime() - start));
  }

  private void note(String name, double cpuPerMillion, double playsPerSecond) {
    cpu.computeIfAbsent(name, absent -> new ArrayList<>()).add(cpuPerMillion);
    rates.computeIfAbsent(name, absent -> new ArrayList<>()).add(playsPerSecond);
    System.out.printf(
        Locale.ROOT,
        "%-12s %8.2f CPU-s a million plays, %,.0f plays a second%n",
        name,
        cpuPerMillion,
        playsPerSecond);
  }

  private static Load load(Target target, int batch) {
    return new Load(target.port(), KEY, target.batches(), batch);
  }

  private static Batches.Found find(OwnServers servers, Target target) throws Exception {
    return target.batches().find(servers.kafka().bootstrapServers(), target.topic());
  }

  private Target ours(OwnServers servers) throws IOException {
    servers.create("ingest");
    servers.create("producer");
    int port = Ports.free();
    return new Target(
        "ingest",
        OwnIngest.of(checkout, servers, "ingest", port, KEY),
        port,
        Topics.PLAYS.withPrefix("ingest-"),
        new Batches());
  }

  private static Target naive(OwnServers servers) {
    servers.create("naive");
    int port = Ports.free();
    Topic<Play> topic = Topics.PLAYS.withPrefix("naive-");
    ChildJvm.Spec spec =
        new ChildJvm.Spec(
                servers.home(),
                "naive",
                Classpath.ofThisProcess(),
                NaiveIngest.class.getName(),
                ready(port))
            .withJvmArgs(OwnIngest.JVM_ARGS)
            .withArgs(servers.kafka().bootstrapServers(), topic.name(), Integer.toString(port));
    return new Target("naive", new ChildJvm(spec), port, topic, new Batches());
  }

  private static Ready ready(int port) {
    return Ready.answers(URI.create("http://127.0.0.1:" + port + "/readyz"));
  }

  private double ratio(String ours, String yardstick) {
    return Math.round(
            1_000
                * median(cpu.getOrDefault(ours, List.of()))
                / median(cpu.getOrDefault(yardstick, List.of())))
        / 1_000.0;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
