package io.downbeat.bench.freshness;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.OwnPlatform;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A year of plays from before the open window, imported as a user would while others play on: how
 * long until all of it is served, and how fresh live counts are meanwhile. The yardstick of both is
 * the freshness just before. Counts of every track are compared with the file.
 */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    description = "A year of old plays, of one listener and of many, while others play on.")
public final class BackfillBenchmark implements Callable<Integer> {
  private static final long SEED = 11;
  private static final int TRACKS = 1_000;
  private static final double LIVE_PLAYS_PER_SECOND = 50;
  private static final Duration BEFORE = Duration.ofSeconds(30);
  private static final Duration YOUNGEST = Duration.ofDays(40);
  private static final Duration YEAR = Duration.ofDays(365);

  @Option(
      names = "--downbeat",
      required = true,
      description = "The launcher of the checkout to run.")
  private Path downbeat = Path.of("downbeat");

  @Option(names = "--quick", description = "A tenth of the plays.")
  private boolean quick;

  private final Map<UUID, Long> expected = new LinkedHashMap<>();
  private final Map<String, Number> metrics = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Random random = new Random(SEED);
    try (OwnPlatform platform = new OwnPlatform(downbeat)) {
      platform.up();
      Path catalogue = catalogue(platform.directory().resolve("catalogue.ndjson"));
      platform.run("import", "catalog", catalogue.toString());
      Api api =
          new Api(URI.create("http://127.0.0.1:" + platform.apiPort()), platform.serviceKey());
      UnderLoad load = new UnderLoad(api);
      load.follow(LIVE_PLAYS_PER_SECOND, BEFORE);
      report("before", load.follow(LIVE_PLAYS_PER_SECOND, BEFORE).nanos());
      measure("one_listener", quick ? 700 : 7_000, 1, platform, load, random);
      measure("all", quick ? 20_000 : 200_000, 1_000, platform, load, random);
      metrics.put("tracks_that_differ", differences(api));
      Result result =
          new Result(
              "backfill",
              metrics,
              Map.of(
                  "tracks_that_differ",
                  0,
                  "one_listener_seconds",
                  300,
                  "all_seconds",
                  600,
                  "live_p99_ms_while_one_listener",
                  1_500,
                  "live_p99_ms_while_all",
                  1_500));
      platform.close();
      platform.deleteData();
      System.out.println(result.json());
      return result.met() ? 0 : 1;
    }
  }

  private void measure(
      String name, int plays, int listeners, OwnPlatform platform, UnderLoad load, Random random)
      throws IOException, InterruptedException {
    Path file = plays(platform.directory().resolve(name + ".ndjson"), plays, listeners, random);
    AtomicLong took = new AtomicLong();
    CompletableFuture<Void> importing =
        CompletableFuture.runAsync(
            () -> {
              long start = System.nanoTime();
              try {
                platform.run("import", "plays", file.toString());
              } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
              }
              took.set(System.nanoTime() - start);
            });
    long[] live = load.follow(LIVE_PLAYS_PER_SECOND, () -> !importing.isDone()).nanos();
    importing.join();
    long seconds = Duration.ofNanos(took.get()).toSeconds();
    metrics.put(name + "_plays", plays);
    metrics.put(name + "_seconds", seconds);
    System.out.printf(
        "A year of %,d plays by %,d listeners is counted after %d s%n", plays, listeners, seconds);
    report("while_" + name, live);
  }

  private void report(String when, long[] live) {
    metrics.put("live_p50_ms_" + when, Latencies.millis(live, 0.5));
    metrics.put("live_p99_ms_" + when, Latencies.millis(live, 0.99));
    System.out.printf(
        "  live plays %s: counted %s ms after the answer (p50), %s ms (p99)%n",
        when.replace('_', ' '),
        metrics.get("live_p50_ms_" + when),
        metrics.get("live_p99_ms_" + when));
  }

  private long differences(Api api) throws IOException, InterruptedException {
    long different = 0;
    for (Map.Entry<UUID, Long> each : expected.entrySet()) {
      if (api.plays(each.getKey()) != each.getValue()) {
        different++;
      }
    }
    return different;
  }

  private static Path catalogue(Path file) throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int t = 0; t < TRACKS; t++) {
        lines.write(
            "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Track %d\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\",\"genres\":[\"genre %d\"]}\n"
                .formatted(track(t), t, new UUID(2, t / 20), new UUID(3, t / 10), t % 12));
      }
    }
    return file;
  }

  private Path plays(Path file, int plays, int listeners, Random random) throws IOException {
    Instant first = Instant.now().minus(YOUNGEST).minus(YEAR);
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < plays; i++) {
        double popularity = random.nextDouble();
        UUID track = track((int) (TRACKS * popularity * popularity));
        lines.write(
            "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"%s\",\"played_millis\":%d}\n"
                .formatted(
                    new UUID(random.nextLong(), random.nextLong()),
                    new UUID(listeners, random.nextInt(listeners)),
                    track,
                    first.plusMillis(random.nextLong(YEAR.toMillis())),
                    random.nextInt(240_000)));
        expected.merge(track, 1L, Long::sum);
      }
    }
    return file;
  }

  private static UUID track(int t) {
    return new UUID(1, t);
  }
}
