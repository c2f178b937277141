package io.downbeat.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.ingest.Client.Answer;
import io.downbeat.ingest.LogReader.Entry;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Heap;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole of ingest-api over real HTTP, on a real broker and registry. */
final class IngestApiIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static Fresh fresh;
  private static IngestApi api;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    fresh = SERVERS.fresh().createTopics().createTables();
    api =
        IngestApi.start(
            Settings.withTables(
                fresh,
                Map.of(
                    "http.idle", "2 s",
                    "plays.read", "3 s",
                    "http.cors-origins", "https://player.example",
                    "limits.address.requests", 1,
                    "limits.address.per", "1 h",
                    "limits.address.burst", 3)),
            IngestApiIT::unusable);
    client = new Client(api.port());
    awaitReady();
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void aSinglePlayIsInTheLogWithItsKeyBeforeTheAnswer() throws Exception {
    UUID device = UUID.randomUUID();
    UUID user = UUID.randomUUID();
    UUID track = UUID.randomUUID();
    Instant before = Instant.now().minusMillis(1);

    Answer answer =
        client.plays(
            """
            {"user_id":"%s","device_id":"%s","device_seq":41,"track_id":"%s",
             "started_at":"2026-01-01T20:15:00.250+01:00","played_millis":187000,
             "context":{"type":"album","id":"a1"},"country":"DE","offline":true,
             "end_reason":"completed","client":"test 1.0"}
            """
                .formatted(user, device, track));

    assertThat(answer.body()).isEqualTo(json("{'accepted':1,'duplicates':0,'rejected':[]}"));
    assertThat(answer.status()).isEqualTo(202);
    UUID id = PlayId.of(device, 41);
    Entry<Play> entry = only(plays(), id);
    Play play = entry.value();
    assertThat(entry.key()).isEqualTo(device);
    assertThat(play.getUserId()).isEqualTo(user);
    assertThat(play.getDeviceId()).isEqualTo(device);
    assertThat(play.getDeviceSeq()).isEqualTo(41L);
    assertThat(play.getTrackId()).isEqualTo(track);
    assertThat(play.getStartedAt()).isEqualTo(Instant.parse("2026-01-01T19:15:00.250Z"));
    assertThat(play.getPlayedMillis()).isEqualTo(187_000);
    assertThat(play.getContext().getType()).isEqualTo(ContextType.ALBUM);
    assertThat(play.getContext().getId()).isEqualTo("a1");
    assertThat(play.getCountry()).isEqualTo("DE");
    assertThat(play.getOffline()).isTrue();
    assertThat(play.getEndReason()).isEqualTo(EndReason.COMPLETED);
    assertThat(play.getClient()).isEqualTo("test 1.0");
    assertThat(play.getReceivedAt()).isBetween(before, Instant.now());
  }

  @Test
  void aBatchOfAPhoneWhoseClockIsAYearAheadIsInTheLogAtItsTrueTimes() throws Exception {
    Duration ahead = Duration.ofDays(365);
    Instant began = Instant.now().minus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MILLIS);
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    String body =
        "[%s,%s]"
            .formatted(Client.play(first), Client.play(second))
            .replace("2026-01-01T20:15:00.250+01:00", began.plus(ahead).toString());

    for (int attempt = 0; attempt < 2; attempt++) {
      Answer answer =
          client.send(
              client
                  .post("/v1/plays", BodyPublishers.ofString(body))
                  .header("Downbeat-Sent-At", Instant.now().plus(ahead).toString()));
      assertThat(answer.body()).isEqualTo(json("{'accepted':2,'duplicates':0,'rejected':[]}"));
    }

    List<Entry<Play>> kept =
        plays().stream()
            .filter(entry -> List.of(first, second).contains(entry.value().getPlayId()))
            .toList();
    assertThat(kept).hasSize(4);
    assertThat(kept)
        .allSatisfy(
            entry ->
                assertThat(entry.value().getStartedAt())
                    .isBetween(began.minusMillis(1), began.plusSeconds(30)));
  }

  @Test
  void badPlaysAndRepeatsDoNotSinkTheirBatch() throws Exception {
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    String repeated = Client.play(first);

    Answer answer =
        client.plays(
            "["
                + String.join(
                    ",",
                    repeated,
                    Client.play(UUID.randomUUID()).replace("\"DE\"", "\"germany\""),
                    repeated,
                    "7",
                    Client.play(second))
                + "]");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().get("accepted").asInt()).isEqualTo(2);
    assertThat(answer.body().get("duplicates").asInt()).isEqualTo(1);
    assertThat(answer.body().get("rejected"))
        .isEqualTo(
            json(
                "[{'index':1,'field':'country','value':'germany',"
                    + "'reason':'two capital letters (ISO 3166-1 alpha-2)'},"
                    + "{'index':3,'field':'','value':'7','reason':'an object'}]"));
    Entry<Play> entry = only(plays(), first);
    assertThat(entry.key()).isEqualTo(entry.value().getUserId());
    only(plays(), second);
  }

  @Test
  void aSinglePlayThatIsInvalidIs422NamingFieldValueAndRule() throws Exception {
    Answer answer = client.plays(Client.play(UUID.randomUUID()).replace("187000", "86400001"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.body())
        .isEqualTo(
            json(
                "{'type':'about:blank','title':'Unprocessable Content','status':422,"
                    + "'detail':'a whole number from 0 to 86400000',"
                    + "'field':'played_millis','value':'86400001'}"));
  }

  @Test
  void theShapeOfABatchIsRefusedAsAWhole() throws Exception {
    assertThat(client.plays("[]").status()).isEqualTo(422);
    assertThat(client.plays("12").status()).isEqualTo(422);
    assertThat(client.plays("[" + "0,".repeat(1_000) + "0]").status()).isEqualTo(422);
    assertThat(client.plays("[" + "0,".repeat(999) + "0]").status()).isEqualTo(202);
  }

  @Test
  void whatIsNotJsonInUtf8Is400() throws Exception {
    for (String body : List.of("", "{", "[1,", "{} {}", "nonsense", "[".repeat(100_000))) {
      Answer answer = client.plays(body);
      assertThat(answer.status()).as("%.20s", body).isEqualTo(400);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }
    byte[] latin = "{\"client\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(client.send(client.post("/v1/plays", BodyPublishers.ofByteArray(latin))).status())
        .isEqualTo(400);
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16);
    assertThat(client.send(client.post("/v1/plays", BodyPublishers.ofByteArray(utf16))).status())
        .isEqualTo(400);
    assertThat(
            client
                .send(
                    client
                        .post("/v1/plays", BodyPublishers.ofString("{}"))
                        .setHeader("Content-Type", "application/json; charset=latin1"))
                .status())
        .isEqualTo(400);
  }

  @Test
  void otherMediaTypesAndCompressedBodiesAre415() throws Exception {
    for (String path : List.of("/v1/plays", "/v1/catalog")) {
      Answer answer =
          client.send(
              client
                  .post(path, BodyPublishers.ofString("{}"))
                  .setHeader("Content-Type", "text/plain"));
      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.body().get("value").asText()).isEqualTo("text/plain");
      assertThat(
              client
                  .send(
                      client
                          .post(path, BodyPublishers.ofString("{}"))
                          .setHeader("Content-Encoding", "gzip"))
                  .status())
          .isEqualTo(415);
    }
  }

  @Test
  void withoutTheKeyItIs401BeforeTheBodyIsRead() throws Exception {
    for (String key : List.of("Bearer wrong", "Basic " + Client.KEY, "", Client.KEY)) {
      for (String path : List.of("/v1/plays", "/v1/catalog")) {
        Answer answer =
            client.send(
                client.post(path, BodyPublishers.ofString("{")).setHeader("Authorization", key));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
      }
    }
    String head =
        "POST /v1/plays HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000000\r\n\r\n";
    assertThat(raw(head)).startsWith("HTTP/1.1 401");
  }

  @Test
  void bodiesOverTheLimitAre413EvenWithoutALength() throws Exception {
    byte[] large = new byte[(2 << 20) + 1];
    assertThat(client.send(client.post("/v1/plays", BodyPublishers.ofByteArray(large))).status())
        .isEqualTo(413);
    assertThat(
            client
                .send(
                    client.post(
                        "/v1/plays",
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))))
                .status())
        .isEqualTo(413);
  }

  @Test
  void unknownPathsAndMethodsAreProblemsToo() throws Exception {
    HttpResponse<String> unknown = client.get("/v1/nothing");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    HttpResponse<String> method = client.get("/v1/plays");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("Allow")).hasValue("POST");
    assertThat(method.headers().firstValue("Server")).isEmpty();
    assertThat(raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("application/problem+json");
  }

  @Test
  void aBodyThatStallsIsGivenUp() throws Exception {
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
            + "Content-Length: 1000\r\n\r\n{";
    assertThat(raw(head.formatted("/v1/plays", Client.KEY, "application/json")))
        .matches("(?s)HTTP/1.1 4.*");
    assertThat(raw(head.formatted("/v1/catalog", Client.KEY, "application/x-ndjson")))
        .startsWith("HTTP/1.1 408");
  }

  @Test
  void aBodyThatTricklesIsGivenUp() throws Exception {
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
            + "Content-Length: 100000\r\n\r\n";
    assertThat(trickled(head.formatted("/v1/plays", Client.KEY, "application/json")))
        .startsWith("HTTP/1.1 408");
    assertThat(trickled(head.formatted("/v1/catalog", Client.KEY, "application/x-ndjson")))
        .startsWith("HTTP/1.1 408");
  }

  @Test
  void whoHasTheKeyOrIsOnThisMachineHasNoLimitAndOthersHave() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(client.get("/healthz").statusCode()).isEqualTo(200);
    }
    String get =
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "X-Forwarded-For: 203.0.113.7\r\n";
    for (int i = 0; i < 3; i++) {
      assertThat(raw(get + "\r\n")).startsWith("HTTP/1.1 200");
    }
    assertThat(raw(get + "\r\n")).startsWith("HTTP/1.1 429").contains("RateLimit-Limit: 3");
    String key = "Authorization: Bearer " + Client.KEY + "\r\n";
    for (int i = 0; i < 10; i++) {
      assertThat(raw(get + key + "\r\n")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aBrowserIsToldWhichOriginsMayComeIn() throws Exception {
    String preflight =
        "OPTIONS /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Origin: https://%s.example\r\n"
            + "Access-Control-Request-Method: GET\r\n\r\n";
    assertThat(raw(preflight.formatted("player")))
        .startsWith("HTTP/1.1 204")
        .contains("X-Content-Type-Options: nosniff");
    assertThat(raw(preflight.formatted("other"))).startsWith("HTTP/1.1 404");
  }

  @Test
  void theCatalogueIsInTheLogWithItsKeys() throws Exception {
    UUID artist = UUID.randomUUID();
    UUID album = UUID.randomUUID();
    UUID track = UUID.randomUUID();

    Answer answer =
        client.catalog(
            """
            {"type":"artist","artist_id":"%1$s","name":" Größe ","genres":["Indie Rock"]}

            {"album_id":"%2$s","title":"First","artist_ids":["%1$s"],"release_date":"2019-05","type":"album"}
            {"type":"track","track_id":"%3$s","title":"Opening","artist_ids":["%1$s"],"album_id":"%2$s","genres":["Indie Rock"],"duration_millis":187000,"track_number":1,"explicit":true}
            {"type":"track","track_id":"%3$s","title":"x","duration_millis":-1}
            nonsense
            """
                .formatted(artist, album, track));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().get("accepted").asInt()).isEqualTo(3);
    assertThat(answer.body().get("rejected_count").asInt()).isEqualTo(2);
    assertThat(answer.body().at("/rejected/0/line").asInt()).isEqualTo(5);
    assertThat(answer.body().at("/rejected/0/field").asText()).isEqualTo("duration_millis");
    assertThat(answer.body().at("/rejected/1/line").asInt()).isEqualTo(6);

    Artist artistRead = newest(Topics.ARTISTS, artist);
    assertThat(artistRead.getName()).isEqualTo("Größe");
    assertThat(artistRead.getGenres()).containsExactly("Indie Rock");
    Album albumRead = newest(Topics.ALBUMS, album);
    assertThat(albumRead.getReleaseDate()).isEqualTo("2019-05");
    assertThat(albumRead.getArtistIds()).containsExactly(artist);
    Track trackRead = newest(Topics.TRACKS, track);
    assertThat(trackRead.getAlbumId()).isEqualTo(album);
    assertThat(trackRead.getDurationMillis()).isEqualTo(187_000L);
    assertThat(trackRead.getTrackNumber()).isEqualTo(1);
    assertThat(trackRead.getExplicit()).isTrue();
  }

  @Test
  void whatIsWithdrawnIsATombstone() throws Exception {
    UUID artist = UUID.randomUUID();
    UUID album = UUID.randomUUID();
    UUID track = UUID.randomUUID();

    Answer answer =
        client.catalog(
            """
            {"type":"artist","artist_id":"%1$s","name":"n"}
            {"type":"album","album_id":"%2$s","title":"t","withdrawn":false}
            {"type":"track","track_id":"%3$s","title":"t"}
            {"type":"artist","artist_id":"%1$s","withdrawn":true}
            {"type":"album","album_id":"%2$s","withdrawn":true}
            {"type":"track","track_id":"%3$s","withdrawn":true}
            {"type":"track","track_id":"%3$s","withdrawn":true,"title":"t"}
            """
                .formatted(artist, album, track));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().get("accepted").asInt()).isEqualTo(6);
    assertThat(answer.body().at("/rejected/0/line").asInt()).isEqualTo(7);
    assertThat(answer.body().at("/rejected/0/field").asText()).isEqualTo("title");
    assertThat(newest(Topics.ARTISTS, artist)).isNull();
    assertThat(newest(Topics.ALBUMS, album)).isNull();
    assertThat(newest(Topics.TRACKS, track)).isNull();
  }

  @Test
  void aLargeCatalogueStreamsThroughInBoundedMemory() throws Exception {
    int tracks = 100_000;
    long usedBefore = Heap.used();
    List<Long> used = new ArrayList<>();
    InputStream lines =
        new TrackLines(
            tracks,
            written -> {
              if (written % 20_000 == 0) {
                used.add(Heap.used());
              }
            });

    Answer answer = client.catalog(lines);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body().get("accepted").asInt()).isEqualTo(tracks);
    long[] found = {0};
    reader(Topics.TRACKS)
        .each(
            e -> {
              if (e.value() != null && e.value().getTitle().startsWith(TrackLines.TITLE)) {
                found[0]++;
              }
            });
    assertThat(found[0]).isEqualTo(tracks);
    assertThat(used).allSatisfy(bytes -> assertThat(bytes - usedBefore).isLessThan(64L << 20));
  }

  @Test
  void aLineThatIsTooLongIsRejectedAndTheNextIsRead() throws Exception {
    UUID artist = UUID.randomUUID();
    Answer answer =
        client.catalog(
            "{\"type\":\""
                + "x".repeat(200_000)
                + "\"}\n{\"type\":\"artist\",\"artist_id\":\"%s\",\"name\":\"n\"}"
                    .formatted(artist));

    assertThat(answer.body().get("accepted").asInt()).isEqualTo(1);
    assertThat(answer.body().at("/rejected/0/reason").asText())
        .isEqualTo("a line of at most 65536 bytes");
  }

  @Test
  void moreImportsThanAllowedAre429() throws Exception {
    String head =
        "POST /v1/catalog HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n"
            + "Connection: close\r\n\r\n1\r\n\n\r\n";
    List<Socket> running = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket("127.0.0.1", api.port());
        socket.setSoTimeout(20_000);
        running.add(socket);
        socket.getOutputStream().write(head.formatted(Client.KEY).getBytes(US_ASCII));
      }
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!client.get("/metrics").body().contains("downbeat_catalog_imports_running 4.0")) {
        assertThat(System.nanoTime()).as("all four run").isLessThan(deadline);
      }
      Answer answer = client.catalog("");
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      for (Socket socket : running) {
        socket.getOutputStream().write("0\r\n\r\n".getBytes(US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
            .startsWith("HTTP/1.1 202");
      }
    } finally {
      for (Socket socket : running) {
        socket.close();
      }
    }
    assertThat(client.catalog("").status()).isEqualTo(202);
  }

  @Test
  void metricsNameRoutesOutcomesAndFields() throws Exception {
    client.plays("[{\"user_id\":\"x\"},{\"made_up\":1}]");
    HttpResponse<String> metrics = client.get("/metrics");

    assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("downbeat_plays_total{field=\"user_id\",outcome=\"rejected\"}")
        .contains("downbeat_plays_total{field=\"other\",outcome=\"rejected\"}")
        .contains("http_server_requests_seconds_bucket{route=\"/v1/plays\",status=\"202\"")
        .contains("downbeat_plays_in_flight_bytes 0.0")
        .contains("jvm_memory_used_bytes")
        .doesNotContain("made_up");
    assertThat(client.get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void aGetAnswersHeadToo() throws Exception {
    assertThat(raw("HEAD /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .contains("application/json")
        .endsWith("\r\n\r\n");
  }

  private static List<Entry<Play>> plays() {
    return reader(Topics.PLAYS).all();
  }

  private static <V extends SpecificRecord> @Nullable V newest(Topic<V> topic, UUID key) {
    return reader(topic).all().stream()
        .filter(entry -> entry.key().equals(key))
        .reduce((before, after) -> after)
        .orElseThrow()
        .value();
  }

  private static <V extends SpecificRecord> LogReader<V> reader(Topic<V> topic) {
    return new LogReader<>(
        fresh.bootstrapServers(),
        fresh.registryUrl().toString(),
        topic.withPrefix(fresh.topicPrefix()));
  }

  private static Entry<Play> only(List<Entry<Play>> plays, UUID playId) {
    List<Entry<Play>> found =
        plays.stream().filter(entry -> entry.value().getPlayId().equals(playId)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static void awaitReady() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    HttpResponse<String> ready = client.get("/readyz");
    while (ready.statusCode() != 200) {
      assertThat(System.nanoTime()).as(ready.body()).isLessThan(deadline);
      ready = client.get("/readyz");
    }
    assertThat(ready.body())
        .isEqualTo(
            "{\"ready\":true,"
                + "\"parts\":{\"kafka\":{\"ready\":true},\"cassandra\":{\"ready\":true},"
                + "\"account-changes\":{\"ready\":true}}}");
  }

  private static void unusable(Exception e) {
    throw new AssertionError(e);
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(US_ASCII));
      out.flush();
      byte[] answer = socket.getInputStream().readNBytes(2_000);
      return new String(answer, US_ASCII);
    }
  }

  /** The first bytes that come back while a body is sent byte after byte. */
  private static String trickled(String head) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.getOutputStream().write(head.getBytes(US_ASCII));
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      socket.setSoTimeout(100);
      while (System.nanoTime() < deadline) {
        socket.getOutputStream().write('[');
        try {
          return new String(socket.getInputStream().readNBytes(12), US_ASCII);
        } catch (SocketTimeoutException e) {
          // Not given up yet.
        }
      }
      throw new AssertionError("All of it was waited for");
    }
  }

  private static JsonNode json(String singleQuoted) throws IOException {
    return Client.JSON.readTree(singleQuoted.replace('\'', '"'));
  }
}
