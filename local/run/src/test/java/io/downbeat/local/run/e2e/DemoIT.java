package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.e2e.Recount.Bucket;
import io.downbeat.local.run.e2e.Recount.Credits;
import io.downbeat.local.run.e2e.Recount.Measures;
import io.downbeat.local.run.simulate.Play;
import io.downbeat.local.run.simulate.Simulation;
import io.downbeat.local.run.simulate.Upload;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.ForwardDecay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./downbeat up --demo} with some fewer listeners, as a newcomer goes through it. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
  private static final Pattern QUALITY =
      Pattern.compile("Recall@20 (\\S+), NDCG@20 \\S+ on .* popularity (\\S+), ");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private LocalPlatform platform;

  @BeforeAll
  void start() throws Exception {
    platform = new LocalPlatform(directory);
    String up = up(platform, 0);
    assertThat(up)
        .containsPattern("\\d{3},\\d{3} plays are counted")
        .containsPattern("(?m)^  5\\. .+ by .+$")
        .containsPattern("(?m)^  +\\d+ of these 50 also to .+$");
    assertThat(up.lines().filter(line -> line.startsWith("curl ")).skip(3))
        .hasSizeGreaterThan(2)
        .allSatisfy(curl -> assertThat(platform.bash(curl + " -f").code()).isZero());
  }

  @AfterAll
  void stop() throws Exception {
    platform.close();
  }

  @Test
  @Order(1)
  void theHistoryIsCountedOnce() throws Exception {
    Recount recount = recount();
    assertThat(recount.plays()).isGreaterThan(150_000);
    platform.awaitEqual("buckets", platform::buckets, recount.buckets());
    platform.awaitEqual("charts", platform::charts, recount.charts());
    assertThat(platform.counted()).isEqualTo(recount.plays());
    System.out.printf(
        "%,d plays, %,d buckets, %,d charts: difference 0%n",
        recount.plays(), recount.buckets().size(), recount.charts().size());
  }

  @Test
  @Order(2)
  void recommendationsFollowTasteAndBeatPopularity() throws Exception {
    List<Set<String>> lists = new ArrayList<>();
    for (JsonNode listener : platform.get("/v1/demo/listeners").path("listeners")) {
      lists.add(recommended(listener));
    }
    assertThat(lists).hasSizeGreaterThan(3).allSatisfy(list -> assertThat(list).hasSize(50));
    int sameTaste = shared(lists.get(0), lists.get(1));
    for (Set<String> other : lists.subList(2, 4)) {
      assertThat(shared(lists.get(0), other)).isLessThanOrEqualTo(15).isLessThan(sameTaste);
    }

    Matcher quality = QUALITY.matcher(platform.run("logs", "-n", "1000", "batch-jobs"));
    assertThat(quality.find()).isTrue();
    double model = Double.parseDouble(quality.group(1));
    double popularity = Double.parseDouble(quality.group(2));
    System.out.printf("Recall@20 %.4f, %.1f times that of popularity%n", model, model / popularity);
    assertThat(model).isGreaterThan(3 * popularity);
  }

  /** As who has signed in. */
  private Set<String> recommended(JsonNode listener) throws Exception {
    Set<String> tracks = new HashSet<>();
    platform
        .get("/v1/me/recommendations?limit=50", "Authorization", "Bearer " + signIn(listener))
        .path("tracks")
        .forEach(track -> tracks.add(track.path("track_id").asText()));
    return tracks;
  }

  private String signIn(JsonNode listener) throws Exception {
    return platform.signIn(
        "{\"email\": %s, \"password\": %s, \"device\": {\"type\": \"tv\", \"name\": \"test\"}}"
            .formatted(listener.path("email"), listener.path("password")));
  }

  private static int shared(Set<String> one, Set<String> other) {
    return (int) one.stream().filter(other::contains).count();
  }

  /** Popularity is told in steps of half an octave: so far one thing may stand above another. */
  @Test
  @Order(3)
  void whatIsStreamedMostIsSuggestedAndFound() throws Exception {
    Map<UUID, Double> popularity = new HashMap<>();
    recount()
        .buckets()
        .forEach(
            (bucket, measures) -> {
              if (bucket.unit() == ChronoUnit.HOURS && bucket.thing().kind().equals("track")) {
                popularity.merge(
                    bucket.thing().id(),
                    ForwardDecay.of(measures.streams(), bucket.start().toEpochMilli()),
                    ForwardDecay::plus);
              }
            });
    List<Double> most = popularity.values().stream().sorted(Comparator.reverseOrder()).toList();

    JsonNode suggested = platform.get("/v1/search/suggestions?type=track&limit=50").path("hits");

    assertThat(suggested).hasSize(50);
    for (int i = 0; i < 50; i++) {
      UUID track = UUID.fromString(suggested.path(i).at("/track/track_id").asText());
      assertThat(popularity.get(track)).isGreaterThan(most.get(i) - 0.51);
    }
    JsonNode favourite = suggested.path(0).path("track");
    String words =
        favourite.path("title").asText() + " " + favourite.at("/artists/0/name").asText();
    assertThat(
            platform
                .get("/v1/search?q=" + URLEncoder.encode(words, StandardCharsets.UTF_8))
                .at("/hits/0/track/track_id"))
        .isEqualTo(favourite.path("track_id"));
  }

  @Test
  @Order(4)
  void theMostPopularTracksAreHeard() throws Exception {
    String token = signIn(platform.get("/v1/demo/listeners").at("/listeners/0"));
    for (JsonNode hit : platform.get("/v1/search/suggestions?type=track&limit=5").path("hits")) {
      String track = hit.at("/track/track_id").asText();
      platform.await(
          "track " + track + " has its sound",
          () -> platform.get("/v1/tracks/" + track),
          now -> now.path("playable").asBoolean());
      isHeard(track, token);
    }
  }

  @Test
  @Order(4)
  void aFolderOfMusicIsImportedFoundAndHeard() throws Exception {
    Path album = Files.createDirectories(directory.resolve("music/The Sines/Pure Tones"));
    sine(440, album.resolve("01 - Chamber Pitch.wav"));
    sine(432, album.resolve("02 - Verdi Pitch.wav"));
    Files.writeString(album.resolve("03 - Nothing.wav"), "no sound at all");

    String first = platform.run("import", "audio", directory.resolve("music").toString());
    String again = platform.run("import", "audio", directory.resolve("music").toString());

    assertThat(first).contains("03 - Nothing.wav");
    System.out.println(first + again);
    String token = signIn(platform.get("/v1/demo/listeners").at("/listeners/0"));
    JsonNode found =
        platform.await(
            "the imported track is found",
            () -> platform.get("/v1/search?type=track&q=verdi%20pitch%20sines").path("hits"),
            hits -> !hits.isEmpty());
    assertThat(found.at("/0/track/title").asText()).isEqualTo("Verdi Pitch");
    assertThat(found.at("/0/track/album/title").asText()).isEqualTo("Pure Tones");
    isHeard(found.at("/0/track/track_id").asText(), token);
  }

  /** All that a player reads first, from the one origin. */
  private void isHeard(String track, String token) throws Exception {
    JsonNode playback =
        platform.get("/v1/tracks/" + track + "/playback", "Authorization", "Bearer " + token);
    byte[] begin = Base64.getDecoder().decode(playback.at("/start/bytes").asText());
    assertThat(new String(begin, 4, 4, StandardCharsets.US_ASCII)).isEqualTo("ftyp");
    assertThat(begin.length).isLessThan(16 << 10);
    for (String url : List.of("hls", "dash", "progressive")) {
      LocalPlatform.Result sent =
          platform.bash(
              "curl -sS -f -o /dev/null -w '%%{http_code} %%{size_download}' -r 0-999 http://127.0.0.1:%d%s"
                  .formatted(platform.port("API"), playback.path(url).asText()));
      assertThat(sent.output()).as(url).matches("206 [1-9]\\d*");
    }
  }

  /** Two seconds of a tone. */
  private static void sine(double hertz, Path file) throws IOException {
    byte[] samples = new byte[2 * 2 * 44_100];
    for (int i = 0; i < samples.length / 2; i++) {
      int sample = (int) (8_000 * Math.sin(2 * Math.PI * hertz * i / 44_100));
      samples[2 * i] = (byte) sample;
      samples[2 * i + 1] = (byte) (sample >> 8);
    }
    AudioFormat format = new AudioFormat(44_100, 16, 1, true, false);
    try (AudioInputStream in =
        new AudioInputStream(new ByteArrayInputStream(samples), format, samples.length / 2)) {
      AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
    }
  }

  @Test
  @Order(4)
  void theFirstNotebookRunsFromTopToBottom() throws Exception {
    assumeTrue(
        platform.bash("python3 -m venv --help").code() == 0, "The notebooks want Python with venv");
    Path executed = directory.resolve("first-look.ipynb");
    LocalPlatform.Result run =
        platform.bash(
            "LAKE_CATALOG_URL=http://127.0.0.1:%d '%s' --execute 01-first-look.ipynb '%s'"
                .formatted(
                    platform.port("LAKE_CATALOG"),
                    Path.of("../../notebooks/run").toAbsolutePath().normalize(),
                    executed));
    assertThat(run.code()).as(run.output()).isZero();
    String notebook = Files.readString(executed);
    assertThat(notebook).doesNotContain("\"output_type\": \"error\"");
    assertThat(notebook.split("\"image/png\"", -1)).as("three pictures").hasSize(4);
  }

  @Test
  @Order(5)
  void theNextStartGoesOnFromTheHistory() throws Exception {
    platform.run("down");
    up(platform, 5);
    Recount longer = recount();
    platform.await("others play on", platform::counted, now -> now > longer.plays() + 20);
    Instant before = counted().minus(Duration.ofDays(2));
    assertThat(
            Recount.difference(until(before, platform.buckets()), until(before, longer.buckets())))
        .isEmpty();
  }

  @Test
  @Order(6)
  void thePlayerMoves() throws Exception {
    Optional<Browser> found = Browser.find();
    assumeTrue(found.isPresent(), "The player is looked at with chromium and chromedriver");
    try (Browser browser = found.get()) {
      browser.open("http://127.0.0.1:" + platform.port("API"));
      platform.await("the page", () -> browser.texts("#listeners li").size(), rows -> rows > 3);
      browser.click("#listeners button");
      platform.await(
          "a listener", () -> browser.texts("#recommended li").size(), rows -> rows == 12);
      platform.await("the chart", () -> browser.texts("#chart li").size(), rows -> rows == 20);
      platform.await(
          "what was played", () -> browser.texts("#recent li").size(), rows -> rows == 12);
      assertThat(browser.texts("#popular li")).hasSize(12);
      String plays = browser.text("#plays");
      List<String> chart = browser.texts("#chart li");
      platform.await("plays move", () -> browser.text("#plays"), now -> !now.equals(plays));
      platform.await(
          "the chart moves", () -> browser.texts("#chart li"), now -> !now.equals(chart));
      assertThat(browser.text("#state")).startsWith("live");
      assertThat(browser.errors()).isEmpty();
    }
  }

  private static String up(LocalPlatform platform, int rate) throws Exception {
    return platform.run(
        "up", "--detach", "--demo", "--demo-listeners", "1000", "--demo-rate", "" + rate);
  }

  private static Map<Bucket, Measures> until(Instant end, Map<Bucket, Measures> buckets) {
    return buckets.entrySet().stream()
        .filter(entry -> entry.getKey().unit() != ChronoUnit.FOREVER)
        .filter(entry -> entry.getKey().start().isBefore(end))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What the demo has sent, each play once. */
  private Recount recount() throws Exception {
    JsonNode file = file();
    Instant start = Instant.parse(file.path("start").asText());
    Simulation simulation =
        Simulation.of(file.path("seed").asLong(), start, file.path("listeners").asInt());
    Recount recount = new Recount();
    Set<UUID> seen = new HashSet<>();
    Iterator<Upload> uploads = simulation.plays(start, counted()).iterator();
    while (uploads.hasNext()) {
      Play play = uploads.next().play();
      if (seen.add(play.id())) {
        recount.add(
            play.listener().id(),
            play.track().id(),
            play.startedAt(),
            play.playedMillis(),
            play.endReason() == EndReason.SKIPPED,
            new Credits(
                play.track().artistIds(),
                play.track().album().id(),
                List.of(GenreId.of(play.track().genre().label()))));
      }
    }
    return recount;
  }

  private Instant counted() throws Exception {
    return Instant.parse(file().path("counted").asText());
  }

  private JsonNode file() throws Exception {
    return new JsonMapper().readTree(directory.resolve(".downbeat/demo.json").toFile());
  }
}
