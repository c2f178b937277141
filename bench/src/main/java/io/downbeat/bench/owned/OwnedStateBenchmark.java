package io.downbeat.bench.owned;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.OwnIngest;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.bench.owned.Raw.What;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Sign-ins and follows through ingest-api, profiles through serving-api, over HTTP with a token of
 * each listener's own; beside them the same statements in a plain loop, in a process with the same
 * JVM settings, by turns. CPU time is that of the app's process, or the loop's, and of Cassandra
 * apart. Ratios leave out on both sides what the collector and the compiler did, which is never
 * done after so little, and what the threads for passwords used, which in ingest-api is also the
 * first statement after the hash; only that of a whole sign-in leaves out nothing. The hash is also
 * measured alone. In the end tables and log must hold what was acknowledged, no less and no more.
 */
@Command(
    name = "owned-state",
    mixinStandardHelpOptions = true,
    description =
        "CPU time and latency of sign-ins, follows and profiles, beside their statements alone.")
public final class OwnedStateBenchmark implements Callable<Integer> {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  /** As many rounds as the first one is long, which counts for nothing. */
  private static final int WARM_UP = 3;

  /** As many as ingest-api has for passwords. */
  private static final int HASH_THREADS = 2;

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  private Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  private Path work = Path.of("target");

  @Option(names = "--quick", description = "Two rounds instead of four that are twice as long.")
  private boolean quick;

  /**
   * @param cpuMillis of the process, an operation
   * @param passwordsMillis of it in the threads that work on passwords
   * @param collectorMillis of it in the thread that collects garbage
   * @param compilerMillis of it in the threads that compile
   * @param cassandraMillis of Cassandra's CPU time, an operation
   */
  private record Round(
      Took took,
      double cpuMillis,
      double passwordsMillis,
      double collectorMillis,
      double compilerMillis,
      double cassandraMillis) {
    double restMillis() {
      return cpuMillis - passwordsMillis - collectorMillis - compilerMillis;
    }
  }

  private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put(
        "load_average_before",
        rounded(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    try (OwnServers servers = new OwnServers(work)) {
      servers.start(servers.kafka(), servers.registry(), servers.cassandra());
      servers.create("ours");
      servers.create("raw");
      int ingestPort = Ports.free();
      int servingPort = Ports.free();
      int rawPort = Ports.free();
      ChildJvm ingest = OwnIngest.of(checkout, servers, "ours", ingestPort, KEY);
      ChildJvm serving = serving(servers, servingPort);
      ChildJvm raw = raw(servers, rawPort);
      try {
        for (ChildJvm each : List.of(ingest, serving, raw)) {
          each.start();
          each.awaitReady();
        }
        Ours ours = new Ours(ingestPort, servingPort, KEY);
        ours.makeAccounts();
        measure(servers, ours, ingest, serving, raw, rawPort);
        try (Kept kept = new Kept(servers, "ours")) {
          kept.awaitPublished();
          metrics.put("wrong", kept.wrong(ours.users(), ours.signIns(), ours.follows()));
        }
      } finally {
        ingest.stop();
        serving.stop();
        raw.kill();
      }
    }
    return report(metrics);
  }

  private void measure(
      OwnServers servers, Ours ours, ChildJvm ingest, ChildJvm serving, ChildJvm raw, int rawPort)
      throws IOException, InterruptedException {
    int times = quick ? 1 : 2;
    Map<What, Integer> operations = new LinkedHashMap<>();
    operations.put(What.SIGN_IN, 400 * times);
    operations.put(What.FOLLOW, 4_000 * times);
    operations.put(What.PROFILE, 20_000 * times);
    int last = quick ? 2 : 4;
    for (int round = 0; round <= last; round++) {
      for (Map.Entry<What, Integer> each : operations.entrySet()) {
        What what = each.getKey();
        String name = what.name().toLowerCase(Locale.ROOT);
        boolean counts = round > 0;
        ChildJvm app = what == What.PROFILE ? serving : ingest;
        int many = (counts ? 1 : WARM_UP) * each.getValue();
        note(
            counts,
            name,
            measured(servers, app, () -> Loop.run(People.THREADS, many, maker(ours, what))));
        note(counts, "raw_" + name, measured(servers, raw, () -> asked(rawPort, name, many)));
        if (what == What.SIGN_IN) {
          note(counts, "hash", measured(servers, raw, () -> asked(rawPort, "hash", 50 * times)));
        }
        if (what == What.PROFILE) {
          note(
              counts,
              "profile_trusted",
              measured(servers, app, () -> Loop.run(People.THREADS, many, ours::profileTrusted)));
          note(
              counts,
              "http",
              measured(servers, app, () -> Loop.run(People.THREADS, many, ours::http)));
        }
      }
    }
  }

  private static Loop.Maker maker(Ours ours, What what) {
    return switch (what) {
      case SIGN_IN -> ours::signIn;
      case FOLLOW -> ours::follow;
      case PROFILE -> ours::profile;
      case HASH -> thread -> new Hash();
    };
  }

  private interface Measurable {
    Took run() throws IOException, InterruptedException;
  }

  private static Round measured(OwnServers servers, ChildJvm app, Measurable work)
      throws IOException, InterruptedException {
    double[] before = cpuSeconds(servers, app);
    Took took = work.run();
    double[] millis = cpuSeconds(servers, app);
    for (int i = 0; i < millis.length; i++) {
      millis[i] = 1e3 * (millis[i] - before[i]) / took.operations();
    }
    return new Round(took, millis[0], millis[1], millis[2], millis[3], millis[4]);
  }

  /** In the order of {@link Round}. */
  private static double[] cpuSeconds(OwnServers servers, ChildJvm app) throws IOException {
    long pid = app.pid().orElseThrow();
    return new double[] {
      Cpu.seconds(pid),
      Cpu.seconds(pid, Raw.PASSWORDS),
      Cpu.seconds(pid, "VM Thread"),
      Cpu.seconds(pid, "C1 CompilerThre") + Cpu.seconds(pid, "C2 CompilerThre"),
      servers.cpuSeconds(servers.cassandra())
    };
  }

  private static Took asked(int port, String what, int operations) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
      socket.getOutputStream().write((what + " " + operations + "\n").getBytes(US_ASCII));
      String answer = in.readLine();
      if (answer == null) {
        throw new IOException("The plain loop failed; see its log");
      }
      return Took.of(answer);
    }
  }

  private void note(boolean counts, String name, Round round) {
    if (counts) {
      rounds.computeIfAbsent(name, absent -> new ArrayList<>()).add(round);
    }
    System.out.printf(
        Locale.ROOT,
        "%-15s %,8.0f a second, p50 %.1f ms, p99 %.1f ms; CPU each %.3f ms, of Cassandra %.3f ms%s%n",
        name,
        round.took().perSecond(),
        round.took().p50Millis(),
        round.took().p99Millis(),
        round.cpuMillis(),
        round.cassandraMillis(),
        counts ? "" : " (to warm up)");
  }

  private int report(Map<String, Number> metrics) throws IOException {
    rounds.forEach(
        (name, all) -> {
          metrics.put(name + "_per_s", Math.round(median(all, each -> each.took().perSecond())));
          metrics.put(name + "_p50_ms", median(all, each -> each.took().p50Millis()));
          metrics.put(name + "_p99_ms", median(all, each -> each.took().p99Millis()));
          metrics.put(name + "_cpu_ms", cpu(name));
          metrics.put(name + "_cassandra_cpu_ms", median(all, Round::cassandraMillis));
        });
    List<Round> signIns = rounds.getOrDefault("sign_in", List.of());
    metrics.put("sign_in_passwords_cpu_ms", median(signIns, Round::passwordsMillis));
    metrics.put("sign_in_collector_cpu_ms", median(signIns, Round::collectorMillis));
    metrics.put("sign_in_compiler_cpu_ms", median(signIns, Round::compilerMillis));
    metrics.put("sign_in_without_hash_cpu_ms", rest("sign_in"));
    metrics.put("sign_in_to_raw", rounded(cpu("sign_in") / cpu("raw_sign_in")));
    metrics.put("sign_in_without_hash_to_raw", ratio("sign_in", "raw_sign_in"));
    metrics.put("follow_to_raw", ratio("follow", "raw_follow"));
    metrics.put("profile_to_raw", ratio("profile", "raw_profile"));
    metrics.put("profile_trusted_to_raw", ratio("profile_trusted", "raw_profile"));
    metrics.put("http_to_raw_profile", ratio("http", "raw_profile"));
    metrics.put("follow_to_raw_with_cassandra", ratioWithCassandra("follow", "raw_follow"));
    metrics.put("profile_to_raw_with_cassandra", ratioWithCassandra("profile", "raw_profile"));
    Map<String, Number> goals = new LinkedHashMap<>();
    goals.put("wrong", 0);
    goals.put("sign_in_without_hash_to_raw", 1.5);
    goals.put("follow_to_raw", 1.5);
    goals.put("profile_to_raw", 1.2);
    Result result = new Result("owned-state", metrics, goals);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private double ratio(String name, String raw) {
    return rounded(rest(name) / rest(raw));
  }

  private double ratioWithCassandra(String name, String raw) {
    return rounded((rest(name) + cassandra(name)) / (rest(raw) + cassandra(raw)));
  }

  private double cassandra(String name) {
    return median(rounds.getOrDefault(name, List.of()), Round::cassandraMillis);
  }

  private double rest(String name) {
    return median(rounds.getOrDefault(name, List.of()), Round::restMillis);
  }

  private double cpu(String name) {
    return median(rounds.getOrDefault(name, List.of()), Round::cpuMillis);
  }

  private ChildJvm serving(OwnServers servers, int port) throws IOException {
    Map<String, String> environment = new HashMap<>(servers.environment("ours"));
    environment.put("SERVING_PORT", Integer.toString(port));
    environment.put("SERVICE_KEY_FILE", servers.home().resolve("key").toString());
    environment.put("STATE_DIR", servers.home().resolve("serving-api").toString());
    return new ChildJvm(
        new ChildJvm.Spec(
                servers.home(),
                "serving-api",
                Classpath.ofModule(checkout, "serving-api"),
                "io.downbeat.serving.ServingApi",
                Ready.answers(URI.create("http://127.0.0.1:" + port + "/readyz")))
            .withJvmArgs(OwnIngest.JVM_ARGS)
            .withEnvironment(environment));
  }

  private static ChildJvm raw(OwnServers servers, int port) {
    return new ChildJvm(
        new ChildJvm.Spec(
                servers.home(),
                "raw",
                Classpath.ofThisProcess(),
                Raw.class.getName(),
                new Ready.Listens(port))
            .withJvmArgs(OwnIngest.JVM_ARGS)
            .withArgs(
                Integer.toString(port),
                Integer.toString(servers.cassandra().port()),
                "raw",
                servers.kafka().bootstrapServers(),
                Integer.toString(HASH_THREADS)));
  }

  private static double median(List<Round> all, ToDoubleFunction<Round> part) {
    double[] sorted = all.stream().mapToDouble(part).sorted().toArray();
    int middle = sorted.length / 2;
    return rounded(
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
  }

  private static double rounded(double value) {
    return Math.round(1_000 * value) / 1_000.0;
  }
}
