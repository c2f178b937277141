package io.downbeat.serving;

import static io.downbeat.serving.catalog.Examples.album;
import static io.downbeat.serving.catalog.Examples.artist;
import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.catalog.CatalogWriter;
import io.downbeat.serving.counts.CountsWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole app on real servers, over real HTTP. */
final class ServingApiIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTopics().createTables();
  private static final CatalogWriter CATALOG =
      new CatalogWriter(FRESH.bootstrapServers(), FRESH.registryUrl(), FRESH.topicPrefix());
  private static final CountsWriter COUNTS =
      new CountsWriter(FRESH.cassandra(), FRESH.datacenter(), FRESH.keyspace());
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final UUID artist = UUID.randomUUID();
  private final UUID album = UUID.randomUUID();
  private final UUID track = UUID.randomUUID();

  @TempDir(factory = InTarget.class)
  private Path stateDir;

  private ServingApi api;
  private Http http;

  @BeforeEach
  void start() {
    start(FRESH.registryUrl());
    awaitReady();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @AfterAll
  static void close() {
    CATALOG.close();
    COUNTS.close();
  }

  @Test
  void theCatalogueIsReadAsItIsWritten() throws Exception {
    CATALOG.put(track(track, "Opening", album, artist));
    awaitTitle(track, "Opening");
    assertThat(http.get("/v1/tracks/" + track).json().at("/album/title").isNull()).isTrue();

    CATALOG.put(album(album, "First", artist));
    CATALOG.put(artist(artist, "The Examples", "Indie Rock"));
    await(
        "/v1/tracks/" + track,
        answer -> answer.json().at("/artists/0/name").asText(),
        "The Examples");
    await("/v1/tracks/" + track, answer -> answer.json().at("/album/title").asText(), "First");

    Http.Answer many = http.get("/v1/tracks?ids=%s,%s".formatted(album, track));
    assertThat(many.json().at("/tracks/0/isrc").asText()).isEqualTo("USS1Z9900001");
    assertThat(many.json().at("/tracks/0/album/release_date").asText()).isEqualTo("2019-05");
    assertThat(many.json().at("/unknown/0").asText()).isEqualTo(album.toString());

    CATALOG.put(track(track, "Opening (Live)", album, artist));
    awaitTitle(track, "Opening (Live)");
    CATALOG.putBytes(Topics.TRACKS, Uuids.toBytes(track), null);
    await("/v1/tracks/" + track, answer -> Integer.toString(answer.status()), "404");
    assertThat(http.get("/v1/tracks?ids=" + track).json().at("/unknown/0").asText())
        .isEqualTo(track.toString());
  }

  @Test
  void aRecordThatCannotBeUsedIsSkippedAndCounted() throws Exception {
    double before = skipped();
    byte[] key = Uuids.toBytes(track);
    CATALOG.put(track(track, "Before", null));
    CATALOG.putBytes(Topics.TRACKS, key, new byte[] {1, 2, 3});
    CATALOG.putBytes(Topics.TRACKS, key, new byte[] {0, 127, 0, 0, 0, 1});
    byte[] cut = CATALOG.encode(Topics.TRACKS, track(track, "Cut", null));
    CATALOG.putBytes(Topics.TRACKS, key, Arrays.copyOf(cut, 20));
    CATALOG.put(Topics.TRACKS, track, track(UUID.randomUUID(), "Another", null));
    CATALOG.putBytes(
        Topics.TRACKS, new byte[3], CATALOG.encode(Topics.TRACKS, track(track, "Short key", null)));

    await("/metrics", answer -> Double.toString(skipped() - before), "5.0");
    assertThat(http.get("/v1/tracks/" + track).json().get("title").asText()).isEqualTo("Before");
    CATALOG.put(track(track, "After", null));
    awaitTitle(track, "After");
    assertThat(http.get("/readyz").status()).isEqualTo(200);
  }

  @Test
  void aRestartGoesOnFromItsCopy() throws Exception {
    CATALOG.put(artist(artist, "Before"));
    await("/v1/artists/" + artist, answer -> answer.json().path("name").asText(), "Before");
    api.close();
    CATALOG.put(album(album, "Meanwhile"));

    start(FRESH.registryUrl());
    awaitReady();

    assertThat(http.get("/v1/artists/" + artist).json().get("name").asText()).isEqualTo("Before");
    assertThat(http.get("/v1/albums/" + album).json().get("title").asText()).isEqualTo("Meanwhile");
  }

  @Test
  void whatWasKeptIsReadWithoutTheRegistryAndWhatArrivesWaitsForIt() throws Exception {
    CATALOG.put(artist(artist, "Before"));
    await("/v1/artists/" + artist, answer -> answer.json().path("name").asText(), "Before");
    api.close();

    start(URI.create("http://127.0.0.1:" + Ports.free() + "/apis/ccompat/v7"));
    awaitReady();
    assertThat(http.get("/v1/artists/" + artist).json().get("name").asText()).isEqualTo("Before");

    CATALOG.put(album(album, "After"));
    await(
        "/readyz",
        answer -> answer.json().at("/parts/catalog/detail").asText(),
        "waits for the schema registry");
    assertThat(http.get("/v1/artists/" + artist).status()).isEqualTo(200);
    api.close();

    start(FRESH.registryUrl());
    awaitReady();
    assertThat(http.get("/v1/albums/" + album).json().get("title").asText()).isEqualTo("After");
  }

  @Test
  void aDamagedCopyIsMadeAgainFromTheLog() throws Exception {
    CATALOG.put(track(track, "Opening", null));
    awaitTitle(track, "Opening");
    api.close();
    damage(stateDir);

    start(FRESH.registryUrl());
    awaitReady();

    assertThat(http.get("/v1/tracks/" + track).json().get("title").asText()).isEqualTo("Opening");
  }

  @Test
  void aKilledProcessGoesOnWhereItWas(@TempDir(factory = InTarget.class) Path home)
      throws Exception {
    int port = Ports.free();
    ChildJvm process = Apps.process(FRESH, home, port);
    try {
      process.start();
      process.awaitReady();
      http = new Http(port);
      for (int round = 1; round <= 3; round++) {
        UUID each = UUID.randomUUID();
        CATALOG.put(track(track, "Round " + round, null));
        CATALOG.put(track(each, "Each", null));
        awaitTitle(each, "Each");
        process.kill();
        process.start();
        process.awaitReady();
        assertThat(http.get("/v1/tracks/" + track).json().get("title").asText())
            .isEqualTo("Round " + round);
      }
      process.stop();
      assertThat(process.exitCode()).hasValue(143);
    } finally {
      process.kill();
    }
  }

  @Test
  void hoursAreReadAcrossTheYearsBoundaryAndAllDaysInTotal() {
    Instant newYear = Instant.parse("2026-01-01T00:00:00Z");
    for (int hour = -2; hour < 2; hour++) {
      COUNTS.put(
          CountedKind.TRACK,
          track,
          Granularity.HOUR,
          newYear.plus(Duration.ofHours(hour)),
          Map.of("plays", 5L + hour, "listened_millis", 1_000L));
    }
    for (String day : List.of("2025-12-31", "2026-01-01", "2026-02-01")) {
      COUNTS.put(
          CountedKind.TRACK,
          track,
          Granularity.DAY,
          Instant.parse(day + "T00:00:00Z"),
          Map.of("plays", 7L, "streams", 6L));
    }
    String path = "/v1/counts/tracks/" + track;

    JsonNode hours =
        http.get(path + "?granularity=hour&from=2025-12-31T22:00:00Z&to=2026-01-01T02:00:00Z")
            .json()
            .get("buckets");
    assertThat(hours.findValuesAsText("start"))
        .containsExactly(
            "2025-12-31T22:00:00Z",
            "2025-12-31T23:00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00Z");
    assertThat(hours.findValuesAsText("plays")).containsExactly("3", "4", "5", "6");
    JsonNode days =
        http.get(path + "?granularity=day&from=2025-12-31&to=2026-01-02").json().get("buckets");
    assertThat(days.findValuesAsText("plays")).containsExactly("7", "7");
    JsonNode totals = http.get(path).json().get("totals");
    assertThat(totals.get("plays").asLong()).isEqualTo(21);
    assertThat(totals.get("streams").asLong()).isEqualTo(18);
    assertThat(totals.get("skips").asLong()).isZero();
  }

  @Test
  void whoAsksTheSameSharesAnAnswerThatIsSoonReadAnew() {
    String path = "/v1/counts/tracks/" + track;
    Instant day = Instant.parse("2026-01-01T00:00:00Z");
    COUNTS.put(CountedKind.TRACK, track, Granularity.DAY, day, Map.of("plays", 1L));
    double missesBefore = totals("miss");

    List<Long> plays =
        IntStream.range(0, 100).parallel().mapToObj(reader -> plays(http.get(path))).toList();

    assertThat(plays).containsOnly(1L);
    assertThat(totals("miss") - missesBefore).isBetween(1.0, 99.0);
    assertThat(totals("hit")).isPositive();
    COUNTS.put(CountedKind.TRACK, track, Granularity.DAY, day, Map.of("plays", 2L));
    await(path, answer -> Long.toString(plays(answer)), "2");
  }

  private static long plays(Http.Answer answer) {
    return answer.json().at("/totals/plays").asLong();
  }

  private double totals(String result) {
    return sum("cache_gets_total{cache=\"totals\",result=\"" + result + "\"}");
  }

  @Test
  void problemsAreToldFromTheRealStoresToo() {
    assertThat(http.get("/v1/tracks/" + track).status()).isEqualTo(404);
    assertThat(http.get("/v1/albums/x").status()).isEqualTo(422);
    assertThat(http.get("/v1/counts/genres/" + track).status()).isEqualTo(200);
    assertThat(http.get("/v1/counts/genres/" + track + "?granularity=day&from=1970-01-01").status())
        .isEqualTo(422);
    assertThat(http.get("/openapi.json").json().get("openapi").asText()).startsWith("3.1");
  }

  @Test
  void requestsFromElsewhereAreLimitedAndThoseWithTheKeyOrFromThisMachineAreNot() {
    String[] elsewhere = {"X-Forwarded-For", "203.0.113.7"};
    String[] trusted = {"X-Forwarded-For", "203.0.113.7", "Authorization", "Bearer " + Apps.KEY};

    assertThat(http.get("/healthz", elsewhere).header("RateLimit-Limit")).isEqualTo("2000");
    assertThat(http.get("/healthz", trusted).header("RateLimit-Limit")).isEmpty();
    assertThat(http.get("/healthz").header("RateLimit-Limit")).isEmpty();
  }

  private void start(URI registry) {
    api = ServingApi.start(Apps.config(FRESH, registry, stateDir));
    http = new Http(api.port());
  }

  private void awaitReady() {
    await("/readyz", answer -> answer.json().get("ready").asText(), "true");
  }

  private void awaitTitle(UUID id, String title) {
    await("/v1/tracks/" + id, answer -> answer.json().path("title").asText(), title);
  }

  private void await(String path, Function<Http.Answer, String> what, String expected) {
    Eventually.within(
        LIMIT, () -> what.apply(http.get(path)).equals(expected), () -> http.get(path).text());
  }

  private double skipped() {
    return sum("downbeat_catalog_skipped_total{topic=\"tracks\"}");
  }

  private double sum(String metric) {
    return http.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(metric))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static void damage(Path stateDir) throws IOException {
    try (Stream<Path> files = Files.walk(stateDir)) {
      List<Path> manifests =
          files.filter(file -> file.getFileName().toString().startsWith("MANIFEST")).toList();
      assertThat(manifests).hasSize(4);
      for (Path manifest : manifests) {
        Files.writeString(manifest, "not a manifest");
      }
    }
  }
}
