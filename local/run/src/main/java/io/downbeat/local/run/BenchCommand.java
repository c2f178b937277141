package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** Runs a benchmark of the bench module, in a JVM of its own, against this platform. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure, each figure beside its yardstick. The last line is one JSON object.",
      "counting: CPU time of the job for a million plays, beside a plain loop and Kafka Streams; on servers of its own.",
      "freshness: from a play's POST until its track's count says one, beside the log itself.",
      "ingest: CPU time and latency of POST /v1/plays, beside the producer alone and a naive handler; on servers of its own.",
      "catalogue: a million tracks through POST /v1/catalog, beside a producer of the same records; on servers of its own.",
      "owned-state: sign-ins, follows and profiles over HTTP, beside their statements alone; on servers of its own.",
      "crash: kills, pauses, cuts off and fills up the servers of a platform of its own, under load, and recounts.",
      "backfill: a year of old plays, of one listener and of many, while others play on; on a platform of its own.",
      "ranking: how well the recommendations find what listeners of a published data set turned to, beside popularity.",
      "search: latency and CPU time of a keystroke among ten million tracks, beside OpenSearch and SQLite; on servers of its own.",
      "delivery: bytes of sound per CPU second and memory of a listener, beside nginx; on servers of its own.",
      "startup: from a click to sound in a browser, by round trip, beside hls.js with its defaults on nginx; on a platform of its own.",
      "relevance: whether what was meant comes first, on a real catalogue, beside OpenSearch; on servers of its own."
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat bench counting --quick",
      "  ./downbeat bench freshness",
      "  ./downbeat bench freshness --quick",
      "  ./downbeat bench owned-state --quick",
      "  ./downbeat bench crash --quick",
      "  ./downbeat bench crash --kills=5 --faults=kill,full_disk --seed=1",
      "  ./downbeat bench backfill --quick",
      "  ./downbeat bench ranking",
      "  ./downbeat bench search --quick",
      "  ./downbeat bench relevance --quick",
      "  ./downbeat bench delivery --quick",
      "  ./downbeat bench startup --quick",
      "",
      "crash also takes --kills=N (of each server and app; 20), --rate=N (plays per second; 100), --seed=N and",
      "--faults=kill,pause,cut,full_disk (all).",
      "search and relevance also take --engines=downbeat,opensearch,sqlite; search takes --tracks=N.",
      "delivery and startup take nginx from the system, or fetch it, or take --nginx=PATH; startup takes --chromium=PATH.",
      "delivery also takes --only-bytes and --jvm-args=ARGS, for serving-api.",
      "counting also takes --keys: ten million listeners beside 100,000, on the heap and in RocksDB."
    })
final class BenchCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "NAME", description = "What to measure: ${COMPLETION-CANDIDATES}.")
  private Benchmark benchmark;

  @Option(names = "--quick", description = "Fewer operations: a first impression.")
  private boolean quick;

  @Unmatched private final List<String> more = new ArrayList<>();

  enum Benchmark {
    counting,
    freshness,
    ingest,
    catalogue,
    owned_state {
      @Override
      public String toString() {
        return "owned-state";
      }
    },
    crash,
    backfill,
    delivery,
    startup,
    ranking,
    search,
    relevance
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    switch (benchmark) {
      case counting -> command.addAll(onOwnServers(home, "counting", "-Xmx2g"));
      case freshness -> command.addAll(freshness(home));
      case ingest -> command.addAll(onOwnServers(home, "ingest", "-Xmx1g"));
      case catalogue -> command.addAll(onOwnServers(home, "catalogue", "-Xmx512m"));
      case owned_state -> command.addAll(onOwnServers(home, "owned-state", "-Xmx512m"));
      case delivery -> command.addAll(onOwnServers(home, "delivery", "-Xmx512m"));
      case crash, backfill, startup -> command.addAll(onOwnPlatform(home, benchmark.name()));
      case ranking -> command.addAll(ranking(home));
      case search, relevance -> command.addAll(onRealNames(home, benchmark.name()));
    }
    if (quick) {
      command.add("--quick");
    }
    command.addAll(more);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static List<String> onOwnServers(Home home, String name, String heap) throws IOException {
    return List.of(
        heap,
        "-XX:+UseSerialGC",
        "-cp",
        classpath(home, "bench"),
        "io.downbeat.bench.Bench",
        name,
        "--checkout",
        home.checkout().toString(),
        "--work",
        home.data().resolve("bench").toString());
  }

  private static List<String> freshness(Home home) throws IOException {
    RunConfig config = RunConfig.load(home.settings());
    return List.of(
        "-Xmx256m",
        "-cp",
        classpath(home, "bench"),
        "io.downbeat.bench.Bench",
        "freshness",
        "--url",
        config.api().toString(),
        "--key-file",
        home.serviceKey().toString(),
        "--kafka",
        "127.0.0.1:" + config.ports().kafka());
  }

  private static List<String> onOwnPlatform(Home home, String name) throws IOException {
    return List.of(
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-cp",
        classpath(home, "bench"),
        "io.downbeat.bench.Bench",
        name,
        "--downbeat",
        home.checkout().resolve("downbeat").toString());
  }

  private List<String> onRealNames(Home home, String name) throws IOException {
    List<String> command = new ArrayList<>(onOwnServers(home, name, "-Xmx2g"));
    if (more.stream().noneMatch(each -> each.startsWith("--names"))) {
      command.add("--names");
      command.add(
          home.checkout().resolveSibling("shared").resolve("data").resolve("catalogue").toString());
    }
    return command;
  }

  private static List<String> ranking(Home home) throws IOException {
    RunConfig config = RunConfig.load(home.settings());
    return List.of(
        "@" + home.checkout().resolve("batch-jobs").resolve("jvm.options"),
        "-Xmx" + config.heaps().batch(),
        "-cp",
        classpath(home, "bench/ranking"),
        "io.downbeat.bench.ranking.RankingBenchmark",
        "--data",
        home.checkout().resolveSibling("shared").resolve("data/ranking").toString());
  }

  private static String classpath(Home home, String module) throws IOException {
    Path target = home.checkout().resolve(module).resolve("target");
    return target.resolve("classes")
        + File.pathSeparator
        + Files.readString(target.resolve("classpath")).strip();
  }
}
