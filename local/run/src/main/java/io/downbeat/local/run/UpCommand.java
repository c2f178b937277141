package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Obstacles;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Running;
import io.downbeat.local.run.platform.Snapshot;
import io.downbeat.local.run.platform.Supervision;
import io.downbeat.local.run.simulate.Tour;
import io.downbeat.local.run.supervise.Part;
import io.downbeat.local.run.supervise.StartFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start everything: Kafka, Cassandra, schema registry, lake catalog, ingest-api, serving-api, stream-jobs,"
          + " and the one origin of the API before them.",
      "",
      "What ends by itself is started again. Data stays in .downbeat over every restart. If it runs already,"
          + " this says so and ends with 0.",
    },
    footerHeading = "%n",
    footer = {
      "Ports and heaps are set in a file downbeat.conf beside .downbeat, or by the variable, which counts more:",
      "  downbeat.port-offset              DOWNBEAT_PORT_OFFSET (0)   added to every port",
      "  downbeat.ports.api                DOWNBEAT_API_PORT (8080)",
      "  downbeat.ports.ingest             DOWNBEAT_INGEST_PORT (8081)",
      "  downbeat.ports.serving            DOWNBEAT_SERVING_PORT (8082)",
      "  downbeat.ports.flink              DOWNBEAT_FLINK_PORT (8083)",
      "  downbeat.ports.flink-metrics      DOWNBEAT_FLINK_METRICS_PORT (8084)",
      "  downbeat.ports.registry           DOWNBEAT_REGISTRY_PORT (8085)",
      "  downbeat.ports.lake-catalog       DOWNBEAT_LAKE_CATALOG_PORT (8181)",
      "  downbeat.ports.kafka              DOWNBEAT_KAFKA_PORT (9092)",
      "  downbeat.ports.kafka-controller   DOWNBEAT_KAFKA_CONTROLLER_PORT (9093)",
      "  downbeat.ports.cassandra          DOWNBEAT_CASSANDRA_PORT (9042)",
      "  downbeat.ports.cassandra-storage  DOWNBEAT_CASSANDRA_STORAGE_PORT (7000)",
      "  downbeat.heaps.ingest-api         DOWNBEAT_INGEST_HEAP (192m)",
      "  downbeat.heaps.serving-api        DOWNBEAT_SERVING_HEAP (256m)",
      "  downbeat.heaps.stream-jobs        DOWNBEAT_STREAM_HEAP (1g)",
      "  downbeat.heaps.batch-jobs         DOWNBEAT_BATCH_HEAP (1280m)",
      "  downbeat.state-backend            DOWNBEAT_STATE_BACKEND (hashmap)   or rocksdb; then ./downbeat upgrade",
      "Also: DOWNBEAT_DATA_DIR (where data is kept, instead of .downbeat), DOWNBEAT_JAVA_HOME (the JDK 17),"
          + " DOWNBEAT_SKIP_BUILD=1 (run what is built).",
      "",
      "Examples:",
      "  ./downbeat up",
      "  ./downbeat up --demo                         with listeners who don't exist",
      "  ./downbeat up --detach && ./downbeat status",
      "  DOWNBEAT_PORT_OFFSET=10000 ./downbeat up     beside another checkout",
    })
final class UpCommand implements Callable<Integer> {
  private static final Duration FOLLOW = Duration.ofMillis(200);

  @Option(
      names = {"-d", "--detach"},
      description = "Come back when everything is ready, and leave it running.")
  private boolean detach;

  @Mixin private final DemoOptions demo = new DemoOptions();

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    RunConfig config = RunConfig.load(home.settings());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Optional<Running> running = Running.find(home);
    if (running.isPresent()) {
      say(out, running.get());
      if (demo.wanted()) {
        out.println("A demo is started with the rest: ./downbeat down && ./downbeat up --demo");
      }
      return 0;
    }
    List<Part> demoParts = demo.parts(home, config);
    List<String> taken = Obstacles.takenPorts(config);
    if (!taken.isEmpty()) {
      taken.forEach(err::println);
      err.println(
          "Nothing was started. Stop what holds them, or choose other ports: ./downbeat up --help");
      return 1;
    }
    Obstacles.shortages(home.data()).forEach(err::println);
    return detach ? inBackground(home, config, out, err) : here(home, config, demoParts, out, err);
  }

  private int here(Home home, RunConfig config, List<Part> more, PrintWriter out, PrintWriter err)
      throws IOException, InterruptedException {
    Optional<Supervision> started =
        Supervision.start(
            home, config, more, Clock.systemUTC(), line -> err.println(Words.time() + " " + line));
    if (started.isEmpty()) {
      Running.find(home).ifPresent(other -> say(out, other));
      return 0;
    }
    Supervision supervision = started.get();
    CountDownLatch ended = stopAtEnd(supervision, out);
    Instant begin = Instant.now();
    Progress progress = new Progress(out, Progress.onTerminal(), supervision::snapshot);
    try {
      supervision.awaitReady();
    } catch (StartFailed e) {
      err.println(e.getMessage());
      err.println("Downbeat did not start; everything is stopped again.");
      return 1;
    } catch (InterruptedException e) {
      ended.await();
      throw e;
    } finally {
      progress.close();
    }
    Snapshot snapshot = supervision.snapshot();
    Summary.print(out, home, config, snapshot, ProcessHandle.current().pid(), begin);
    if (demo.wanted() && snapshot.allReady()) {
      Tour.print(out, home, config.api(), demo.rate());
    }
    out.println("Ctrl-C stops everything.");
    out.flush();
    ended.await();
    return 0;
  }

  /** However this process is asked to end, it ends what it started before. */
  static CountDownLatch stopAtEnd(Supervision supervision, PrintWriter out) {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    out.println("Stopping everything …");
                    out.flush();
                    supervision.close();
                    out.println("Stopped.");
                  } catch (IOException e) {
                    out.println("Stopped; " + e.getMessage());
                  }
                  out.flush();
                  ended.countDown();
                },
                "stop"));
    return ended;
  }

  private int inBackground(Home home, RunConfig config, PrintWriter out, PrintWriter err)
      throws IOException, InterruptedException {
    Instant begin = Instant.now();
    Path output = home.log("supervisor-output");
    Process supervisor = startSupervisor(output, demo.arguments());
    Supplier<Snapshot> latest =
        () ->
            Running.find(home).flatMap(Running::snapshot).orElseGet(() -> new Snapshot(List.of()));
    Progress progress = new Progress(out, Progress.onTerminal(), latest);
    Snapshot snapshot = latest.get();
    try {
      while (!snapshot.allReady() && !snapshot.isBlocked()) {
        if (supervisor.waitFor(FOLLOW.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
        snapshot = latest.get();
      }
    } finally {
      progress.close();
    }
    if (!supervisor.isAlive()) {
      err.println("Downbeat did not start; everything is stopped again. What was said:");
      Logs.tail(output, 40).forEach(line -> err.println("  " + line));
      return 1;
    }
    Summary.print(out, home, config, snapshot, supervisor.pid(), begin);
    if (demo.wanted() && snapshot.allReady()) {
      Tour.print(out, home, config.api(), demo.rate());
    }
    out.println("It runs in the background; ./downbeat down stops it.");
    return snapshot.allReady() ? 0 : 1;
  }

  /** This command's own JVM once more, deaf to the end of the terminal. */
  private static Process startSupervisor(Path output, List<String> arguments) throws IOException {
    Files.createDirectories(output.getParent());
    List<String> command = new ArrayList<>(List.of("nohup"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), Downbeat.class.getName(), "supervise"));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(output.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static void say(PrintWriter out, Running running) {
    out.printf(
        "Downbeat is running: process %d, for %s. ./downbeat status says more, ./downbeat down stops it.%n",
        running.process().pid(), Words.span(Duration.between(running.since(), Instant.now())));
  }
}
