package io.downbeat.bench.search;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.OpenLoop;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.bench.search.SearchOptions.Name;
import io.downbeat.bench.search.corpus.Corpus;
import io.downbeat.bench.search.corpus.RealCatalogue;
import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Search among ten million invented tracks with real-shaped names: how it comes in, what it takes,
 * and what a keystroke costs, beside OpenSearch and SQLite on the same catalogue in the same run.
 *
 * <p>Each builds its index while the others are down. Then each is warmed for the same time, and
 * keystrokes of people who search come at a steady mean rate, to one after the other; latencies
 * count from the moment of the keystroke. CPU time is that of the server's process for the same
 * keystrokes as fast as they are answered, in turn; the median of the rounds counts. Errors are
 * forgiven by both: OpenSearch is asked once more, with fuzziness, where it finds nothing.
 */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description =
        "Latency and CPU time of a keystroke among ten million tracks, beside OpenSearch and SQLite.")
public final class SearchBenchmark implements Callable<Integer> {
  private static final double KEYSTROKES_PER_SECOND = 200;
  private static final int CONNECTIONS_AT_A_RATE = 64;
  private static final int CONNECTIONS = 4;
  private static final Duration LONGEST_ROUND = Duration.ofMinutes(2);
  private static final int MOST_TO_WARM = 500_000;
  private static final int FIRST_HITS = 10;
  private static final double MIB = 1 << 20;

  @Mixin private final SearchOptions options = new SearchOptions();

  @Option(names = "--tracks", description = "Of the catalogue: 10,000,000; 1,000,000 with --quick.")
  private int tracks;

  @Option(names = "--heap", description = "The largest of serving-api: ${DEFAULT-VALUE}.")
  private String heap = "2g";

  @Option(names = "--quick", description = "A million tracks, and a quarter of the keystrokes.")
  private boolean quick;

  private final Map<String, Number> metrics = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Optional<String> obstacle = RealCatalogue.obstacle(options.names);
    if (obstacle.isPresent()) {
      System.err.println(obstacle.get());
      return 2;
    }
    int count = tracks > 0 ? tracks : quick ? 1_000_000 : 10_000_000;
    Corpus corpus = new Corpus(RealCatalogue.read(options.names), count, options.seed);
    InventedCatalogue catalogue = new InventedCatalogue(corpus);
    say(
        "%,d tracks, %,d albums, %,d artists; words of titles grow with the power %.2f of titles",
        corpus.tracks(), corpus.albums(), corpus.artists(), corpus.growth());
    metrics.put("tracks", corpus.tracks());
    try (OwnServers servers = new OwnServers(options.work);
        OpenSearch openSearch = new OpenSearch(options.checkout, servers.home());
        Downbeat downbeat = new Downbeat(options.checkout, servers, heap)) {
      Sqlite sqlite = new Sqlite(servers.home());
      List<Engine> up = new ArrayList<>();
      if (options.engines.contains(Name.opensearch)) {
        build(openSearch, catalogue);
      }
      if (options.engines.contains(Name.sqlite)) {
        build(sqlite, catalogue);
      }
      if (options.engines.contains(Name.downbeat)) {
        build(downbeat, catalogue);
        up.add(downbeat);
      }
      if (options.engines.contains(Name.opensearch)) {
        openSearch.start();
        up.add(openSearch);
      }
      if (options.engines.contains(Name.sqlite)) {
        up.add(sqlite);
      }
      latencies(up, corpus);
      cpuTimes(up, corpus);
      finds(up, catalogue);
      if (up.contains(downbeat)) {
        footprint(downbeat);
      }
    }
    return report();
  }

  private void build(OpenSearch openSearch, Catalogue catalogue)
      throws IOException, InterruptedException {
    openSearch.start();
    OpenSearch.Built built = openSearch.build(catalogue);
    openSearch.stop();
    say(
        "opensearch: %,.0f tracks a second into %d segment(s), %,.0f CPU-s, %,.0f MiB on disk, %,.0f MiB of heap in use",
        built.tracksPerSecond(),
        built.segments(),
        built.cpuSeconds(),
        built.diskBytes() / MIB,
        built.heapBytes() / MIB);
    metrics.put("opensearch_build_tracks_per_s", Math.round(built.tracksPerSecond()));
    metrics.put("opensearch_build_cpu_s", Math.round(built.cpuSeconds()));
    metrics.put("opensearch_segments", built.segments());
    metrics.put("opensearch_disk_mb", mebibytes(built.diskBytes()));
    metrics.put("opensearch_heap_mb", mebibytes(built.heapBytes()));
  }

  private void build(Sqlite sqlite, Catalogue catalogue) throws IOException, InterruptedException {
    Sqlite.Built built = sqlite.build(catalogue);
    say(
        "sqlite: %,.0f tracks a second, %,.0f CPU-s, %,.0f MiB on disk",
        built.tracksPerSecond(), built.cpuSeconds(), built.diskBytes() / MIB);
    metrics.put("sqlite_build_tracks_per_s", Math.round(built.tracksPerSecond()));
    metrics.put("sqlite_build_cpu_s", Math.round(built.cpuSeconds()));
    metrics.put("sqlite_disk_mb", mebibytes(built.diskBytes()));
  }

  private void build(Downbeat downbeat, Catalogue catalogue)
      throws IOException, InterruptedException {
    downbeat.load(catalogue);
    double importSeconds = downbeat.post(catalogue);
    say(
        "downbeat: %,.0f tracks a second over POST /v1/catalog, with albums and artists %,.0f lines",
        catalogue.tracks() / importSeconds, catalogue.size() / importSeconds);
    metrics.put("import_tracks_per_s", Math.round(catalogue.tracks() / importSeconds));
    Downbeat.Built built = downbeat.build();
    double indexSeconds = built.seconds() - built.copySeconds();
    say(
        "downbeat: search ready after %.0f s, of these %.0f s for the copy of the catalogue; %,.0f tracks a second, the index alone %,.0f; %,.0f CPU-s",
        built.seconds(),
        built.copySeconds(),
        catalogue.tracks() / built.seconds(),
        catalogue.tracks() / indexSeconds,
        built.cpuSeconds());
    double mergeSeconds = downbeat.settle();
    say("downbeat: one segment %.0f s later, %,.0f CPU-s", mergeSeconds, downbeat.cpuSeconds());
    metrics.put("merge_s", Math.round(mergeSeconds));
    metrics.put("build_tracks_per_s", Math.round(catalogue.tracks() / built.seconds()));
    metrics.put("index_tracks_per_s", Math.round(catalogue.tracks() / indexSeconds));
    metrics.put("build_cpu_s", Math.round(built.cpuSeconds()));
  }

  /** After all of it: what was merged is written out and what it was merged of is gone. */
  private void footprint(Downbeat downbeat) throws IOException, InterruptedException {
    long heapBytes = downbeat.heapBytes();
    long residentBytes = downbeat.residentBytes();
    long indexBytes = downbeat.indexBytes();
    long copyBytes = downbeat.copyBytes();
    say(
        "downbeat: %,.0f MiB of heap in use, %,.0f MiB resident; index %,.0f MiB, copy of the catalogue %,.0f MiB on disk",
        heapBytes / MIB, residentBytes / MIB, indexBytes / MIB, copyBytes / MIB);
    metrics.put("heap_mb", mebibytes(heapBytes));
    metrics.put("resident_mb", mebibytes(residentBytes));
    metrics.put("index_disk_mb", mebibytes(indexBytes));
    metrics.put("copy_disk_mb", mebibytes(copyBytes));
  }

  private void latencies(List<Engine> up, Corpus corpus) throws IOException, InterruptedException {
    Duration warm = Duration.ofSeconds(quick ? 20 : 60);
    Duration length = Duration.ofSeconds(quick ? 15 : 60);
    for (Engine engine : up) {
      Typing typing = new Typing(corpus, options.seed);
      int asked = asFastAsAnswered(engine, typing.next(MOST_TO_WARM), warm);
      say("%-10s is warm after %,d keystrokes in %d s", engine.name(), asked, warm.toSeconds());
      OpenLoop loop = new OpenLoop(OpenLoop.clock());
      double cpu = engine.cpuSeconds();
      OpenLoop.Latencies latencies = run(loop, engine, typing, length);
      double busy = (engine.cpuSeconds() - cpu) / length.toSeconds();
      say(
          "%-10s at %.0f keystrokes a second: p50 %.1f ms, p99 %.1f ms, longest %.1f ms; %d not asked in time; %.0f %% of a core",
          engine.name(),
          KEYSTROKES_PER_SECOND,
          latencies.millis(50),
          latencies.millis(99),
          latencies.millis(100),
          latencies.unasked(),
          100 * busy);
      String prefix = prefix(engine);
      metrics.put(prefix + "p50_ms", latencies.millis(50));
      metrics.put(prefix + "p99_ms", latencies.millis(99));
      metrics.put(prefix + "unasked", latencies.unasked());
    }
  }

  private OpenLoop.Latencies run(OpenLoop loop, Engine engine, Typing typing, Duration length)
      throws IOException, InterruptedException {
    long[] moments = OpenLoop.moments(KEYSTROKES_PER_SECOND, length, options.seed);
    return loop.run(engine, typing.next(moments.length), moments, CONNECTIONS_AT_A_RATE);
  }

  private void cpuTimes(List<Engine> up, Corpus corpus) throws IOException, InterruptedException {
    int rounds = quick ? 3 : 5;
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    Typing typing = new Typing(corpus, options.seed + 1);
    for (int round = 0; round < rounds; round++) {
      List<String> keystrokes = typing.next(quick ? 2_000 : 4_000);
      for (Engine engine : up) {
        double before = engine.cpuSeconds();
        long start = System.nanoTime();
        int answered = asFastAsAnswered(engine, keystrokes, LONGEST_ROUND);
        double cpuMillis = (engine.cpuSeconds() - before) * 1e3 / answered;
        millis.computeIfAbsent(engine.name(), absent -> new ArrayList<>()).add(cpuMillis);
        say(
            "%-10s %8.3f CPU-ms a keystroke, %,.0f answered a second",
            engine.name(), cpuMillis, answered / ((System.nanoTime() - start) / 1e9));
      }
    }
    for (Engine engine : up) {
      metrics.put(
          prefix(engine) + "queries_per_cpu_s",
          Math.round(1e3 / median(millis.getOrDefault(engine.name(), List.of()))));
    }
    for (Name peer : List.of(Name.opensearch, Name.sqlite)) {
      if (millis.containsKey(peer.name()) && millis.containsKey(Name.downbeat.name())) {
        metrics.put(
            "times_" + peer + "_per_cpu_s",
            rounded(
                median(millis.getOrDefault(peer.name(), List.of()))
                    / median(millis.getOrDefault(Name.downbeat.name(), List.of()))));
      }
    }
  }

  /**
   * @return how many were answered before the time was over
   */
  private static int asFastAsAnswered(Engine engine, List<String> queries, Duration longest)
      throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    long deadline = System.nanoTime() + longest.toNanos();
    OpenLoop.all(
        Collections.nCopies(
            CONNECTIONS,
            () -> {
              try (Engine.Client client = engine.connect()) {
                for (int each = next.getAndIncrement();
                    each < queries.size() && System.nanoTime() < deadline;
                    each = next.getAndIncrement()) {
                  client.ask(queries.get(each));
                  answered.incrementAndGet();
                }
              }
              return answered.get();
            }));
    return answered.get();
  }

  /** Whether a track is among the first hits when its artist and title are typed in full. */
  private void finds(List<Engine> up, InventedCatalogue catalogue) throws IOException {
    Corpus corpus = catalogue.corpus();
    int sample = quick ? 300 : 1_000;
    SplittableRandom random = new SplittableRandom(options.seed + 2);
    List<Thing> sought = new ArrayList<>();
    while (sought.size() < sample) {
      // Any track, the unknown ones too.
      Thing thing = catalogue.thing(corpus.track(random.nextInt(corpus.tracks())));
      if (query(thing).length() <= Queries.LONGEST) {
        sought.add(thing);
      }
    }
    for (Engine engine : up) {
      int found = 0;
      try (Engine.Client client = engine.connect()) {
        for (Thing thing : sought) {
          List<Engine.Hit> hits = client.find(query(thing));
          found +=
              hits.stream().limit(FIRST_HITS).anyMatch(hit -> Judgement.isSame(hit, thing)) ? 1 : 0;
        }
      }
      double share = (double) found / sample;
      say(
          "%-10s %.1f %% of %d tracks are among the first %d when artist and title are typed",
          engine.name(), 100 * share, sample, FIRST_HITS);
      metrics.put(prefix(engine) + "found_share", rounded(share));
    }
  }

  private static String query(Thing track) {
    return track.artists().get(0).name() + " " + track.title();
  }

  private int report() throws IOException {
    Map<String, Number> goals = new LinkedHashMap<>();
    goals.put("p99_ms", 15);
    goals.put("heap_mb", 2_048);
    Map<String, Number> floors = new LinkedHashMap<>();
    floors.put("times_opensearch_per_cpu_s", 10);
    floors.put("index_tracks_per_s", 30_000);
    floors.put("import_tracks_per_s", 20_000);
    Result result = new Result("search", metrics, goals, floors);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private static String prefix(Engine engine) {
    return engine instanceof Downbeat ? "" : engine.name() + "_";
  }

  private static long mebibytes(long bytes) {
    return Math.round(bytes / MIB);
  }

  private static double rounded(double value) {
    return Math.round(1_000 * value) / 1_000.0;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
