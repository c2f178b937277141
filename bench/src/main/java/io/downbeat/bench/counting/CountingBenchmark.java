package io.downbeat.bench.counting;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.rules.Granularity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * CPU time of the counting process for a million plays, all of them counted right. Each counter is
 * warmed up with plays of the same kind; then the plays to be measured come into its topic at once.
 * The whole table is compared with what the plays add up to. Cassandra's CPU time stands apart.
 *
 * <p>The job also keeps charts, lists of recent plays, the lake and checkpoints, which the
 * yardsticks do not.
 */
@Command(
    name = "counting",
    mixinStandardHelpOptions = true,
    description =
        "CPU time for counting a million plays: the job, a plain loop over hash maps, and Kafka Streams.")
public final class CountingBenchmark implements Callable<Integer> {
  private static final long SEED = 20_260_101;
  private static final int TRACKS = 100_000;
  private static final int LISTENERS = 100_000;
  private static final Duration SPAN = Duration.ofDays(28);
  private static final int PLAYS_OF_SPAN = 5_500_000;
  private static final String CPU = "_cpu_s_per_million";
  private static final Duration PATIENCE = Duration.ofHours(1);

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  private Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  private Path work = Path.of("target");

  @Option(
      names = "--quick",
      description =
          "A million plays, once, instead of 5 million, twice: a quarter of an hour, not hours.")
  private boolean quick;

  @Option(
      names = "--keys",
      description =
          "The job alone: 10 million listeners beside 100,000, on the heap and in RocksDB.")
  private boolean keys;

  @Option(names = "--plays", hidden = true, description = "How many to measure with.")
  private int plays;

  @Option(names = "--warm-up", hidden = true, description = "How many before.")
  private int warmUp;

  @Option(names = "--rounds", hidden = true, description = "How often each counter runs.")
  private int rounds;

  @Option(names = "--only", hidden = true, split = ",", description = "Some of the counters.")
  private List<Counter> only = List.of();

  private static final int MANY_LISTENERS = 10_000_000;
  private static final List<Case> CASES =
      List.of(
          new Case(Counter.JOB, LISTENERS),
          new Case(Counter.PLAIN, LISTENERS),
          new Case(Counter.STREAMS, LISTENERS));
  private static final List<Case> CASES_OF_KEYS =
      List.of(
          new Case(Counter.JOB, LISTENERS),
          new Case(Counter.JOB, MANY_LISTENERS),
          new Case(Counter.JOB_ON_ROCKSDB, LISTENERS),
          new Case(Counter.JOB_ON_ROCKSDB, MANY_LISTENERS));

  private record Case(Counter counter, int listeners) {
    String name() {
      String name = counter.name().toLowerCase(Locale.ROOT);
      return listeners == LISTENERS ? name : name + "_many_listeners";
    }
  }

  private record Run(Counted.Used used, double seconds, long differences) {}

  @Override
  public Integer call() throws Exception {
    plays = plays > 0 ? plays : quick ? 1_000_000 : 5_000_000;
    warmUp = warmUp > 0 ? warmUp : quick ? 400_000 : 500_000;
    rounds = rounds > 0 ? rounds : quick ? 1 : 2;
    List<Case> cases =
        (keys ? CASES_OF_KEYS : CASES)
            .stream().filter(each -> only.isEmpty() || only.contains(each.counter())).toList();
    System.out.printf(
        "%,d plays of %,d tracks, after %,d to warm up; rounds: %d%n",
        plays, TRACKS, warmUp, rounds);
    Map<Case, List<Run>> runs = new LinkedHashMap<>();
    try (OwnServers servers = new OwnServers(work)) {
      servers.start(
          servers.kafka(), servers.cassandra(), servers.registry(), servers.lakeCatalog());
      int number = 0;
      for (int round = 0; round < rounds; round++) {
        for (Case each : cases) {
          Run run = run(servers, each, "r" + number++);
          runs.computeIfAbsent(each, absent -> new ArrayList<>()).add(run);
          System.out.printf(
              Locale.ROOT,
              "%-34s %,11d listeners: %6.1f CPU-s a million plays, Cassandra %6.1f; %5.1f s; %.2f writes of counts and %.2f others a play; %d rows differ%n",
              each.counter().words,
              each.listeners(),
              perMillion(run.used().counterCpu()),
              perMillion(run.used().cassandraCpu()),
              run.seconds(),
              run.used().countsWrites() / (double) plays,
              run.used().otherWrites() / (double) plays,
              run.differences());
        }
      }
    }
    return report(runs);
  }

  private Run run(OwnServers servers, Case each, String installation) throws Exception {
    World world = new World(TRACKS);
    Expected expected = new Expected(world);
    long start = Granularity.DAY.bucketOf(Instant.now().minus(SPAN).toEpochMilli());
    Listening listening =
        new Listening(
            SEED, TRACKS, each.listeners(), start, PLAYS_OF_SPAN / (double) SPAN.toHours());
    servers.create(installation);
    ChildJvm jvm = each.counter().jvm(checkout, servers, installation, quick ? "2g" : "6g");
    try (Feed feed = new Feed(servers, installation);
        Counted counted = new Counted(servers, installation)) {
      feed.catalogue(world);
      feed.plays(listening, warmUp, expected);
      jvm.start();
      jvm.awaitReady();
      Counted.CounterCpu cpu = () -> Cpu.seconds(jvm.pid().orElseThrow());
      Counted.Used warm = counted.awaitPlays(expected.plays(), cpu, PATIENCE);
      long began = System.nanoTime();
      feed.plays(listening, plays, expected);
      Counted.Used used = counted.awaitPlays(expected.plays(), cpu, PATIENCE).minus(warm);
      double seconds = (System.nanoTime() - began) / 1e9;
      jvm.stop();
      return new Run(used, seconds, counted.differences(expected));
    } finally {
      jvm.kill();
      servers.drop(installation);
    }
  }

  private int report(Map<Case, List<Run>> runs) throws IOException {
    Map<String, Number> metrics = new LinkedHashMap<>();
    Map<String, Number> goals = new LinkedHashMap<>();
    metrics.put("plays", plays);
    runs.forEach(
        (each, all) -> {
          String name = each.name();
          metrics.put(name + CPU, perMillion(median(all, run -> run.used().counterCpu())));
          metrics.put(
              name + "_cassandra_cpu_s_per_million",
              perMillion(median(all, run -> run.used().cassandraCpu())));
          metrics.put(
              name + "_counts_writes_per_play",
              rounded(median(all, run -> run.used().countsWrites() / (double) plays)));
        });
    metrics.put(
        "rows_that_differ",
        runs.values().stream().flatMap(List::stream).mapToLong(Run::differences).sum());
    goals.put("rows_that_differ", 0);
    goal(metrics, goals, "job", "plain", 3);
    goal(metrics, goals, "job", "streams", 0.333);
    goal(metrics, goals, "job_many_listeners", "job", 1.3);
    goal(metrics, goals, "job_on_rocksdb_many_listeners", "job_on_rocksdb", 2);
    Result result = new Result("counting", metrics, goals);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  /** How many times the other's CPU time it takes, and the most that it may. */
  private static void goal(
      Map<String, Number> metrics,
      Map<String, Number> goals,
      String one,
      String other,
      double most) {
    Number cpu = metrics.get(one + CPU);
    Number yardstick = metrics.get(other + CPU);
    if (cpu != null && yardstick != null) {
      String name = one + "_to_" + other;
      metrics.put(name, rounded(cpu.doubleValue() / yardstick.doubleValue()));
      goals.put(name, most);
    }
  }

  private double perMillion(double seconds) {
    return rounded(seconds * 1e6 / plays);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> what) {
    double[] sorted = runs.stream().mapToDouble(what).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
