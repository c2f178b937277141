package io.downbeat.serving.sound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RateLimits;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.serving.accounts.Account;
import io.downbeat.serving.accounts.InMemoryAccountsStore;
import io.downbeat.serving.catalog.Examples;
import io.downbeat.serving.catalog.InMemoryCatalogStore;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.HttpServer;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Route;
import io.downbeat.serving.recommendations.RecommendationsStore;
import io.downbeat.serving.recommendations.Recommended;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The playback call and what its URLs hand out, over real HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PlaybackTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final String CONTENT = "b11f15a5389fd5d1de4a37b1aebc63cd";
  private static final String COVER = "/covers/" + CONTENT + "/300.jpg";
  private static final String KEY = "a-key-for-tests-only";
  private static final UUID LISTENER = UUID.randomUUID();
  private static final UUID TRACK = UUID.randomUUID();
  private static final UUID SILENT = UUID.randomUUID();
  private static final UUID NEXT = UUID.randomUUID();
  private static final int HEAD = 13_000;

  @TempDir private static Path directory;

  private final InMemoryCatalogStore catalog = new InMemoryCatalogStore();
  private final InMemoryAccountsStore accounts = new InMemoryAccountsStore();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final byte[] bytes = new byte[3 << 20];
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private volatile Instant now = NOW;
  private SoundKeys keys;
  private HttpServer server;

  @BeforeAll
  void start() throws IOException {
    new Random(7).nextBytes(bytes);
    Path sounds = directory.resolve("sounds");
    for (String quality : List.of("96", "160", "256")) {
      Path folder = Files.createDirectories(sounds.resolve(CONTENT).resolve(quality));
      Files.write(folder.resolve("sound.mp4"), bytes);
      Files.writeString(folder.resolve("index.m3u8"), "#EXTM3U\n#of " + quality + "\n");
      Files.writeString(
          sounds.resolve(CONTENT).resolve(quality + ".m3u8"), "#EXTM3U\n#to " + quality + "\n");
      Files.writeString(sounds.resolve(CONTENT).resolve(quality + ".mpd"), "<MPD/>");
    }
    Files.writeString(
        sounds.resolve(CONTENT).resolve("sound.json"),
        """
        {"sample_rate": 44100, "samples": 8246700, "priming": 1024, "segments": 48, "duration_millis": 187000,
         "lufs": -11.9, "peak_dbfs": 0.4,
         "qualities": {"96": {"first_end": %d}, "160": {"first_end": 20000}, "256": {"first_end": 30000}}}
        """
            .formatted(HEAD));
    Path cover = sounds.resolve("covers").resolve(CONTENT);
    Files.write(Files.createDirectories(cover).resolve("300.jpg"), new byte[] {1, 2, 3});
    Files.writeString(directory.resolve("secret"), "not to be read");
    Path keysDirectory = Files.createDirectories(directory.resolve("keys"));
    Files.writeString(keysDirectory.resolve("202611010000"), "k".repeat(43));
    Path keyFile = Files.writeString(directory.resolve("service-key"), KEY);

    InstantSource time = () -> now;
    Clock clock = time.withZone(ZoneOffset.UTC);
    HttpServer.Settings settings =
        new HttpServer.Settings(
            "127.0.0.1", 0, 8, 500, Duration.ofSeconds(20), Duration.ofSeconds(5));
    QueuedThreadPool threads = HttpServer.threads(settings);
    LocalSoundStore store = new LocalSoundStore(sounds);
    keys = SoundKeys.follow(keysDirectory, clock);
    Listeners listeners =
        Listeners.read(
            Optional.of(keyFile),
            jwt -> {
              throw new AssertionError("There are no tokens here");
            },
            RateLimits.none());
    PlaybackHandlers playback =
        new PlaybackHandlers(
            catalog, store, keys, accounts, new Similar(), listeners, clock, new Deferred(threads));
    server =
        HttpServer.start(
            settings,
            threads,
            Guard.open(),
            new SoundDelivery(keys, store, clock, meters),
            List.of(new Route("/v1/tracks/{id}/playback", playback::playback)),
            meters);
  }

  @AfterAll
  void stop() {
    server.close();
    keys.close();
  }

  @BeforeEach
  void anAustralianWhoPays() {
    now = NOW;
    Track track = Examples.track(TRACK, "Opening", null);
    track.setSound(CONTENT);
    catalog.put(track);
    Track next = Examples.track(NEXT, "Second", null);
    next.setSound(CONTENT);
    catalog.put(next);
    catalog.put(Examples.track(SILENT, "Silence", null));
    subscribe("AU", Plan.PREMIUM, null);
  }

  private void subscribe(String country, Plan plan, Instant until) {
    accounts.put(
        new Account(
            LISTENER, null, null, country, NOW, new Account.Subscribed(plan, null, until), null));
  }

  /** Of which the first has no sound. */
  private static final class Similar implements RecommendationsStore {
    @Override
    public CompletionStage<Recommended> forListener(UUID listener, Kind kind) {
      return CompletableFuture.completedFuture(new Recommended("taste", List.of()));
    }

    @Override
    public CompletionStage<List<UUID>> similarTo(UUID track) {
      return CompletableFuture.completedFuture(List.of(SILENT, NEXT));
    }
  }

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  private HttpResponse<byte[]> playback(UUID track, String query)
      throws IOException, InterruptedException {
    return get(
        "/v1/tracks/" + track + "/playback" + query,
        "Authorization",
        "Bearer " + KEY,
        "Downbeat-User",
        LISTENER.toString());
  }

  private JsonNode playback() throws IOException, InterruptedException {
    return json(playback(TRACK, ""));
  }

  private static JsonNode json(HttpResponse<byte[]> answer) throws IOException {
    return new JsonMapper().readTree(answer.body());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void thePlaybackHasAllThatAPlayerNeedsToBegin() throws Exception {
    HttpResponse<byte[]> answer = playback(TRACK, "");
    JsonNode playback = json(answer);

    assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-store");
    assertThat(playback.get("content").asText()).isEqualTo(CONTENT);
    assertThat(playback.get("quality").asInt()).isEqualTo(256);
    assertThat(playback.get("gain_db").asDouble()).isEqualTo(-2.1);
    assertThat(playback.get("expires_at").asText()).isEqualTo("2026-11-26T12:10:01Z");
    assertThat(playback.get("samples").toString())
        .isEqualTo("{\"rate\":44100,\"priming\":1024,\"count\":8246700}");
    assertThat(playback.at("/start/master").asText()).isEqualTo("#EXTM3U\n#to 256\n");
    assertThat(playback.at("/start/playlist").asText()).isEqualTo("#EXTM3U\n#of 96\n");
    assertThat(Base64.getDecoder().decode(playback.at("/start/bytes").asText()))
        .isEqualTo(Arrays.copyOf(bytes, HEAD));
    assertThat(get(playback.at("/start/file").asText()).body()).isEqualTo(bytes);
    assertThat(playback.get("next_track_id").asText()).isEqualTo(NEXT.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "hls, application/vnd.apple.mpegurl",
    "dash, application/dash+xml",
    "progressive, audio/mp4"
  })
  void everyUrlOfThePlaybackCanBeRead(String name, String type) throws Exception {
    HttpResponse<byte[]> answer = get(playback().get(name).asText());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo(type);
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(answer, "Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
    assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=601, immutable");
  }

  @Test
  void aSimpleClientIsSentToOneFile() throws Exception {
    HttpResponse<byte[]> answer = playback(TRACK, "?format=progressive&quality=160");

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(header(answer, "Location")).endsWith("/160/sound.mp4");
    assertThat(get(header(answer, "Location")).body()).isEqualTo(bytes);
  }

  @Test
  void aRangeIsAnsweredWithJustIt() throws Exception {
    String url = playback().get("progressive").asText();
    HttpResponse<byte[]> answer = get(url, "Range", "bytes=1000000-2999999");

    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes 1000000-2999999/" + bytes.length);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(bytes, 1_000_000, 3_000_000));
    assertThat(get(url, "Range", "bytes=-5").body())
        .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 5, bytes.length));
    assertThat(get(url, "Range", "bytes=3145727-").body()).hasSize(1);
    assertThat(get(url, "Range", "bytes=0-99999999").body()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-1,5-6", "seconds=0-1", "bytes", ""})
  void whatIsNoSingleRangeIsAnsweredWithAll(String range) throws Exception {
    HttpResponse<byte[]> answer = get(playback().get("progressive").asText(), "Range", range);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=3145728-", "bytes=99999999999-", "bytes=-0", "bytes=x-y"})
  void aRangeBehindTheEndIsRefused(String range) throws Exception {
    HttpResponse<byte[]> answer = get(playback().get("progressive").asText(), "Range", range);

    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */3145728");
    assertThat(json(answer).get("detail").asText()).isEqualTo("There are 3145728 bytes");
  }

  @Test
  void aRangeIsOfTheFileThatTheReaderHasOrAllOfItComes() throws Exception {
    String url = playback().get("progressive").asText();
    String tag = header(get(url), "ETag");

    assertThat(tag).matches("\"[^\"]+\"");
    assertThat(get(url, "Range", "bytes=0-9", "If-Range", tag).statusCode()).isEqualTo(206);
    assertThat(get(url, "Range", "bytes=0-9", "If-Range", "\"other\"").statusCode()).isEqualTo(200);
    assertThat(get(url, "Range", "bytes=0-9", "If-Range", "W/" + tag).statusCode()).isEqualTo(200);
  }

  @Test
  void theTagIsTheSameWhateverTheUrl() throws Exception {
    String tag = header(get(playback().get("progressive").asText()), "ETag");
    now = NOW.plusSeconds(300);
    String later = playback().get("progressive").asText();

    HttpResponse<byte[]> answer = get(later, "If-None-Match", tag);
    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
    assertThat(header(answer, "ETag")).isEqualTo(tag);
    assertThat(header(get(later.replace("256/sound", "96/sound")), "ETag")).isNotEqualTo(tag);
  }

  @Test
  void aHeadIsThatOfTheWholeFile() throws Exception {
    HttpResponse<byte[]> answer =
        send("HEAD", playback().get("progressive").asText(), "Range", "bytes=0-9");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo("3145728");
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void pagesOfAnyOriginMayAskForRanges() throws Exception {
    String url = playback().get("progressive").asText();
    HttpResponse<byte[]> answer =
        send("OPTIONS", url, "Origin", "https://a.example", "Access-Control-Request-Method", "GET");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(header(answer, "Access-Control-Allow-Headers")).contains("Range");
    assertThat(send("DELETE", url).statusCode()).isEqualTo(405);
    assertThat(header(send("POST", url), "Allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void aCoverIsForAnyoneAndForEver() throws Exception {
    HttpResponse<byte[]> answer = get(COVER);

    assertThat(answer.body()).isEqualTo(new byte[] {1, 2, 3});
    assertThat(header(answer, "Content-Type")).isEqualTo("image/jpeg");
    assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(get(COVER.replace("300", "64")).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/covers/../../secret",
        "/covers/%2e%2e/%2e%2e/secret",
        "/covers/..%2f..%2fsecret",
        "/covers/" + CONTENT + "/..;/300.jpg",
        "/covers//" + CONTENT + "/300.jpg",
        "/a/../secret",
        "/a/202611010000/1/96/x/../../../../secret",
        "/a/%00"
      })
  void noPathLeadsOutOfTheStore(String path) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("not to be read");
    }
  }

  @Test
  void aUrlDiesAfterTenMinutesAndANewOneGoesOnWithTheSameFiles() throws Exception {
    String url = playback().get("progressive").asText();
    now = NOW.plusSeconds(600);
    assertThat(get(url).statusCode()).isEqualTo(200);

    now = NOW.plusSeconds(601);
    HttpResponse<byte[]> answer = get(url);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    assertThat(json(answer).get("field").asText()).isEqualTo("expiry");
    assertThat(json(answer).get("detail").asText())
        .startsWith("It expired at 2026-11-26T12:10:01Z");
    assertThat(get(playback().get("progressive").asText(), "Range", "bytes=9-").body())
        .hasSize(bytes.length - 9);
  }

  @Test
  void aFreePlanHearsLessAndItsUrlCannotBeMadeToGiveMore() throws Exception {
    subscribe("AU", Plan.FREE, null);
    JsonNode playback = playback();
    String url = playback.get("progressive").asText();

    assertThat(playback.get("quality").asInt()).isEqualTo(160);
    assertThat(url).endsWith("/160/sound.mp4");
    HttpResponse<byte[]> higher = get(url.replace("160/sound", "256/sound"));
    assertThat(higher.statusCode()).isEqualTo(403);
    assertThat(json(higher).get("detail").asText()).isEqualTo("This URL is for up to 160 kbit/s");
    assertThat(get(url.replace("/160/", "/256/")).statusCode()).isEqualTo(403);
  }

  @Test
  void aPlanThatEndsTakesItsUrlsWithIt() throws Exception {
    subscribe("AU", Plan.PREMIUM, NOW.plusSeconds(90));
    JsonNode paid = playback();
    now = NOW.plusSeconds(91);

    assertThat(paid.get("quality").asInt()).isEqualTo(256);
    assertThat(paid.get("expires_at").asText()).isEqualTo("2026-11-26T12:01:31Z");
    assertThat(get(paid.get("progressive").asText()).statusCode()).isEqualTo(403);
    assertThat(playback().get("quality").asInt()).isEqualTo(160);
  }

  @Test
  void aTrackIsHeardOnlyWhereItIsAvailable() throws Exception {
    subscribe("DE", Plan.PREMIUM, null);
    HttpResponse<byte[]> elsewhere = playback(TRACK, "");
    subscribe(null, Plan.PREMIUM, null);
    HttpResponse<byte[]> anywhere = playback(TRACK, "");

    assertThat(elsewhere.statusCode()).isEqualTo(403);
    assertThat(json(elsewhere).get("field").asText()).isEqualTo("country");
    assertThat(json(elsewhere).get("value").asText()).isEqualTo("DE");
    assertThat(anywhere.statusCode()).isEqualTo(403);
  }

  @Test
  void whatCannotBePlayedSaysWhy() throws Exception {
    Track lost = Examples.track(UUID.randomUUID(), "Lost", null);
    lost.setSound("0".repeat(32));
    catalog.put(lost);

    assertThat(json(playback(SILENT, "")).get("detail").asText())
        .isEqualTo("The track has no sound");
    assertThat(json(playback(UUID.randomUUID(), "")).get("detail").asText())
        .isEqualTo("There is no track of this id");
    assertThat(json(playback(lost.getTrackId(), "")).get("detail").asText())
        .isEqualTo("The track's sound is not in the store of sounds");
    assertThat(json(playback(TRACK, "?quality=320")).get("detail").asText())
        .isEqualTo("quality is 96, 160 or 256 (kbit/s)");
    assertThat(json(playback(TRACK, "?format=flac")).get("detail").asText())
        .isEqualTo("format is adaptive or progressive");
    assertThat(get("/v1/tracks/" + TRACK + "/playback").statusCode()).isEqualTo(401);
  }

  /** The bytes around where one mapped window of the file ends and the next begins. */
  @Test
  void tenHoursOfSoundBeginAtOnceAndAreReadAtAnyPlace() throws Exception {
    String content = "a".repeat(32);
    Path folder = directory.resolve("sounds").resolve(content);
    for (String quality : List.of("96", "160", "256")) {
      Files.createDirectories(folder.resolve(quality));
      Files.writeString(folder.resolve(quality + ".m3u8"), "#EXTM3U\n");
    }
    Files.writeString(folder.resolve("96/index.m3u8"), "#EXTM3U\n" + "0123456789\n".repeat(9_000));
    long length = 36_000L * 256_000 / 8;
    long border = 1L << 30;
    byte[] there = "one side, the other".getBytes(ISO_8859_1);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("256/sound.mp4").toFile(), "rw")) {
      file.setLength(length);
      file.seek(border - 9);
      file.write(there);
    }
    Files.write(folder.resolve("96/sound.mp4"), new byte[200_000]);
    Files.writeString(
        folder.resolve("sound.json"),
        """
        {"sample_rate": 44100, "samples": 1587600000, "priming": 1024, "duration_millis": 36000000,
         "qualities": {"96": {"first_end": 121000}, "160": {"first_end": 130000}, "256": {"first_end": 140000}}}
        """);
    Track track = Examples.track(UUID.randomUUID(), "Ten Hours", null);
    track.setSound(content);
    catalog.put(track);

    JsonNode playback = json(playback(track.getTrackId(), ""));
    assertThat(playback.get("duration_millis").asLong()).isEqualTo(36_000_000);
    assertThat(playback.get("gain_db").asDouble()).isZero();
    assertThat(playback.at("/start/playlist").isNull()).isTrue();
    assertThat(playback.at("/start/bytes").asText()).isEmpty();
    HttpResponse<byte[]> answer =
        get(
            playback.get("progressive").asText(),
            "Range",
            "bytes=%d-%d".formatted(border - 9, border - 9 + there.length - 1));
    assertThat(answer.body()).isEqualTo(there);
    assertThat(header(answer, "Content-Range")).endsWith("/" + length);
    assertThat(get(playback.get("progressive").asText(), "Range", "bytes=-7").body()).hasSize(7);
  }

  @Test
  void readersWhoTakeNothingHoldNothingUp() throws Exception {
    String url = playback().get("progressive").asText();
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", server.port()));
        socket
            .getOutputStream()
            .write("GET %s HTTP/1.1\r\nHost: a\r\n\r\n".formatted(url).getBytes(ISO_8859_1));
        slow.add(socket);
      }
      for (Socket socket : slow) {
        socket.setSoTimeout(10_000);
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      assertThat(get(url).body()).isEqualTo(bytes);
      assertThat(slow.get(299).getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
