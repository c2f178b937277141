package io.downbeat.bench.startup;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.HttpConnection;
import io.downbeat.bench.machine.Nginx;
import io.downbeat.bench.machine.OpenLoop;
import io.downbeat.bench.machine.OwnPlatform;
import io.downbeat.local.servers.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From a click to sound, with Downbeat's own page and its code on a platform of its own, beside the
 * same version of hls.js with its defaults on nginx: master playlist, playlist, header and segments
 * of six seconds, the same encoded music in the same qualities.
 *
 * <p>Both pages are open in one Chromium, each has a connection already, and nothing that was
 * fetched is kept. They take turns, and turn about at going first. Sound is there when the audio
 * element's time moves, as the page sees it before it paints. The round trip is added by a relay in
 * front of each.
 */
@Command(
    name = "startup",
    mixinStandardHelpOptions = true,
    description = "From a click to sound, by round trip, beside hls.js with its defaults on nginx.")
public final class StartupBenchmark implements Callable<Integer> {
  private static final List<Integer> ROUND_TRIPS = List.of(0, 40, 100);
  private static final int TRACKS = 12;
  private static final int TRACK_SECONDS = 30;
  private static final String ARTIST = "Startup Ensemble";
  private static final int LISTENERS = 16;
  private static final double CALLS_PER_SECOND = 200;
  private static final int FIRST = 3;
  private static final int GOES_ON_EVERY = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--downbeat",
      required = true,
      description = "The launcher of the checkout to run.")
  private Path downbeat = Path.of("downbeat");

  @Option(names = "--nginx", description = "The program; else the system's, else it is fetched.")
  private Optional<Path> nginx = Optional.empty();

  @Option(names = "--chromium", description = "The program; else the one on the PATH.")
  private Optional<Path> chromium = Optional.empty();

  @Option(names = "--quick", description = "30 starts each, in place of 200.")
  private boolean quick;

  private final Map<String, Number> metrics = new LinkedHashMap<>();
  private final Map<String, Number> goals = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Path program;
    try {
      program = Nginx.find(nginx);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    Optional<Path> browser = chromium.or(Chromium::find);
    if (browser.isEmpty()) {
      System.err.println(
          "There is no Chromium on the PATH. Install it (apt-get install chromium), or name one: --chromium=PATH");
      return 2;
    }
    try (OwnPlatform platform = new OwnPlatform(downbeat)) {
      platform.up();
      Path home = platform.directory();
      say("%s", platform.run("import", "audio", music(home.resolve("music")).toString()).strip());
      Listeners listeners = new Listeners(platform.apiPort(), LISTENERS);
      List<String> tracks = listeners.tracks(ARTIST, TRACKS);
      playbackCalls(listeners, tracks);
      Path site = Files.createDirectories(home.resolve("site"));
      Map<String, String> contents = plain(platform, listeners, tracks, site);
      int port = Ports.free();
      try (Nginx running = Nginx.start(program, home.resolve("nginx"), site, port);
          FarAway ours = new FarAway(platform.apiPort());
          FarAway theirs = new FarAway(port);
          Chromium open = new Chromium(browser.get(), home.resolve("chromium"))) {
        Player player =
            Player.ours(open, "http://127.0.0.1:" + ours.port() + "/", listeners.session());
        Player plain = Player.plain(open, "http://127.0.0.1:" + theirs.port() + "/index.html");
        for (int roundTrip : ROUND_TRIPS) {
          ours.roundTrip(Duration.ofMillis(roundTrip));
          theirs.roundTrip(Duration.ofMillis(roundTrip));
          starts(roundTrip, player, plain, tracks, contents);
        }
      }
      platform.close();
      platform.deleteData();
    }
    Result result = new Result("startup", metrics, goals);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  /** A folder as people have it: artist, album, tracks. */
  private static Path music(Path folder) throws IOException {
    Path album = Files.createDirectories(folder.resolve(ARTIST).resolve("Starts"));
    for (int i = 1; i <= TRACKS; i++) {
      Music.write(
          album.resolve(String.format(Locale.ROOT, "%02d Start %d.wav", i, i)), TRACK_SECONDS, i);
    }
    return folder;
  }

  /** How long those wait who ask, at moments drawn beforehand, where a track is to be heard. */
  private void playbackCalls(Listeners listeners, List<String> tracks)
      throws IOException, InterruptedException {
    OpenLoop.Latencies latencies = calls(listeners, tracks, Duration.ofSeconds(quick ? 10 : 30));
    say("to warm up: p99 %.1f ms", latencies.millis(99));
    latencies = calls(listeners, tracks, Duration.ofSeconds(quick ? 15 : 60));
    say(
        "GET /v1/tracks/{id}/playback at %.0f a second: p50 %.1f ms, p99 %.1f ms, longest %.1f ms; %d not asked in time",
        CALLS_PER_SECOND,
        latencies.millis(50),
        latencies.millis(99),
        latencies.millis(100),
        latencies.unasked());
    metrics.put("playback_p50_ms", latencies.millis(50));
    metrics.put("playback_p99_ms", latencies.millis(99));
    metrics.put("playback_unasked", latencies.unasked());
    goals.put("playback_p99_ms", 50);
  }

  private static OpenLoop.Latencies calls(Listeners listeners, List<String> tracks, Duration length)
      throws IOException, InterruptedException {
    long[] moments = OpenLoop.moments(CALLS_PER_SECOND, length, 1);
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < moments.length; i++) {
      asked.add(tracks.get(i % tracks.size()));
    }
    return new OpenLoop(OpenLoop.clock()).run(listeners, asked, moments, LISTENERS);
  }

  /**
   * What nginx sends.
   *
   * @return the folder of each track
   */
  private static Map<String, String> plain(
      OwnPlatform platform, Listeners listeners, List<String> tracks, Path site)
      throws IOException {
    Map<String, String> contents = new LinkedHashMap<>();
    for (String track : tracks) {
      String content = listeners.content(track);
      PlainFiles.make(platform.sounds().resolve(content), site.resolve(content));
      contents.put(track, content);
    }
    try (InputStream page = StartupBenchmark.class.getResourceAsStream("/startup/plain.html");
        HttpConnection connection = new HttpConnection(platform.apiPort(), PATIENCE)) {
      if (page == null) {
        throw new IllegalStateException("The build left out startup/plain.html");
      }
      Files.copy(page, site.resolve("index.html"));
      Files.write(site.resolve("hls.js"), connection.get("/hls.js"));
    }
    return contents;
  }

  private void starts(
      int roundTrip, Player ours, Player plain, List<String> tracks, Map<String, String> contents)
      throws IOException, InterruptedException {
    int count = quick ? 30 : 200;
    Map<Player, double[]> millis = new LinkedHashMap<>();
    Map<Player, double[]> requests = new LinkedHashMap<>();
    List<Player> order = new ArrayList<>(List.of(ours, plain));
    for (Player each : order) {
      millis.put(each, new double[count]);
      requests.put(each, new double[count]);
    }
    for (int i = -FIRST; i < count; i++) {
      String track = tracks.get(Math.floorMod(i, tracks.size()));
      for (Player player : order) {
        String id = player == ours ? track : contents.getOrDefault(track, "");
        Player.Start start = player.start(id, Math.floorMod(i, GOES_ON_EVERY) == 0);
        if (i == -FIRST) {
          say("%-9s fetches %s before the first sound", player.name(), start.requests());
        } else if (i >= 0) {
          millis.getOrDefault(player, new double[0])[i] = start.millis();
          requests.getOrDefault(player, new double[0])[i] = start.requests().size();
        }
      }
      Collections.reverse(order);
    }
    for (Player player : List.of(ours, plain)) {
      double[] sorted = sorted(millis, player);
      double asked = percentile(sorted(requests, player), 50);
      say(
          "%3d ms of round trip, %-9s p50 %4.0f ms, p95 %4.0f ms, longest %4.0f ms; %.0f requests",
          roundTrip,
          player.name(),
          percentile(sorted, 50),
          percentile(sorted, 95),
          percentile(sorted, 100),
          asked);
      String prefix = "at_" + roundTrip + "_" + player.name() + "_";
      metrics.put(prefix + "p50_ms", rounded(percentile(sorted, 50)));
      metrics.put(prefix + "p95_ms", rounded(percentile(sorted, 95)));
      metrics.put(prefix + "requests", asked);
    }
    goals.put("at_" + roundTrip + "_downbeat_p95_ms", 1_000);
    for (int percent : List.of(50, 95)) {
      String name = "at_" + roundTrip + "_p" + percent + "_share";
      metrics.put(
          name,
          rounded(
              percentile(sorted(millis, ours), percent)
                  / percentile(sorted(millis, plain), percent)));
      if (roundTrip > 0) {
        goals.put(name, .5);
      }
    }
  }

  private static double[] sorted(Map<Player, double[]> values, Player player) {
    double[] sorted = values.getOrDefault(player, new double[0]).clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
  }

  private static double rounded(double value) {
    return Math.round(1_000 * value) / 1_000.0;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
