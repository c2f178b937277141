package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.ingest.Client.Answer;
import io.downbeat.ingest.LogReader.Entry;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners keep, over real HTTP, on real servers. */
final class LibraryIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static Fresh fresh;
  private static IngestApi api;
  private static Client client;
  private static CqlSession session;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start() throws Exception {
    fresh = SERVERS.fresh().createTopics().createTables();
    api =
        IngestApi.start(
            Settings.withTables(fresh, Map.of()),
            e -> {
              throw new AssertionError(e);
            });
    client = new Client(api.port());
    session =
        CqlSession.builder()
            .addContactPoint(fresh.cassandra())
            .withLocalDatacenter(fresh.datacenter())
            .withKeyspace(fresh.keyspace())
            .build();
    until(
        "ready",
        () -> {
          try {
            return client.get("/readyz").statusCode() == 200;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @AfterAll
  static void stop() {
    if (session != null) {
      session.close();
    }
    if (api != null) {
      api.close();
    }
  }

  @Test
  void aLikeSentAgainKeepsItsTimeAndIsOneChange() throws Exception {
    UUID track = UUID.randomUUID();
    Instant before = Instant.now().minusMillis(1);

    Answer first = put("likes/" + track);
    Answer second = put("likes/" + track);

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.body().get("id").asText()).isEqualTo(track.toString());
    Instant addedAt = Instant.parse(first.body().get("added_at").asText());
    assertThat(addedAt).isBetween(before, Instant.now());
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(head().getLong("version")).isEqualTo(1);
    assertThat(section("liked_tracks")).containsExactly(track);
    List<LibraryChange> events = settledEvents();
    assertThat(events).hasSize(1);
    assertThat(events.get(0).getAddedAt()).isEqualTo(addedAt);
    assertThat(events.get(0).getVersion()).isEqualTo(1);
  }

  @Test
  void whatIsTakenAwayIsGoneAndTakingItAwayAgainChangesNothing() throws Exception {
    UUID track = UUID.randomUUID();
    put("likes/" + track);

    for (int i = 0; i < 2; i++) {
      Answer answer = delete("likes/" + track);
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.response().body()).isEmpty();
    }

    assertThat(head().getLong("version")).isEqualTo(2);
    assertThat(sizes()).containsEntry("liked_tracks", 0);
    assertThat(section("liked_tracks")).isEmpty();
    assertThat(section("liked_tracks_newest")).isEmpty();
    List<LibraryChange> events = settledEvents();
    assertThat(events).extracting(LibraryChange::getVersion).containsExactly(1L, 2L);
    assertThat(events.get(1).getAddedAt()).isNull();
  }

  @Test
  void eachListIsItsOwn() throws Exception {
    UUID id = UUID.randomUUID();
    List<String> lists =
        List.of("following/artists", "following/users", "hidden/tracks", "hidden/artists");
    for (String list : lists) {
      assertThat(put(list + "/" + id).status()).isEqualTo(200);
    }
    assertThat(delete("hidden/tracks/" + id).status()).isEqualTo(204);

    assertThat(sizes())
        .isEqualTo(
            Map.of(
                "followed_artists",
                1,
                "followed_users",
                1,
                "hidden_tracks",
                0,
                "hidden_artists",
                1));
    assertThat(section("followed_users")).containsExactly(id);
    assertThat(section("hidden_tracks")).isEmpty();
    assertThat(section("hidden_artists_newest")).containsExactly(id);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    UUID id = UUID.randomUUID();
    assertRefused(put("likes/abc"), "track", "abc", "a UUID");
    assertRefused(put("following/artists/abc"), "id", "abc", "a UUID");
    assertRefused(put("following/playlists/" + id), "kind", "playlists", "artists or users");
    assertRefused(delete("hidden/users/" + id), "kind", "users", "tracks or artists");
    assertRefused(put("following/users/" + user), "id", user.toString(), "someone else");
    assertRefused(client.me("POST", "likes", user, "{\"ids\":[\"abc\"]}"), "ids", "abc", "a UUID");
    assertThat(client.me("POST", "likes", user, "{").status()).isEqualTo(400);
    assertThat(client.me("POST", "likes", user, " ".repeat((1 << 20) + 1)).status()).isEqualTo(413);
    Answer method = client.me("POST", "likes/" + id, user, null);
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.header("Allow")).isEqualTo("PUT, DELETE");
    assertThat(session.execute("SELECT version FROM library WHERE user_id = " + user).one())
        .isNull();
  }

  @Test
  void whoeverNamesNoKeyOrNoListenerIs401() throws Exception {
    Answer noUser = client.send(client.post("/v1/me/likes", BodyPublishers.ofString("{}")));
    assertThat(noUser.status()).isEqualTo(401);
    assertThat(noUser.body().get("detail").asText()).contains("Downbeat-User");
    Answer noKey =
        client.send(
            client
                .post("/v1/me/likes", BodyPublishers.ofString("{}"))
                .setHeader("Authorization", "Bearer wrong")
                .header("Downbeat-User", user.toString()));
    assertThat(noKey.status()).isEqualTo(401);
    assertThat(noKey.header("WWW-Authenticate")).startsWith("Bearer");
    Answer noUuid =
        client.send(
            client
                .post("/v1/me/likes", BodyPublishers.ofString("{}"))
                .header("Downbeat-User", "me"));
    assertRefused(noUuid, "Downbeat-User", "me", "a UUID");
  }

  @Test
  void sixteenWritersOnOneListenerAreAllHeard() throws Exception {
    Set<UUID> expected = ConcurrentHashMap.newKeySet();
    UUID common = UUID.randomUUID();
    ExecutorService writers = Executors.newFixedThreadPool(16);
    List<Future<Void>> all = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        Callable<Void> writer =
            () -> {
              for (int j = 0; j < 8; j++) {
                UUID track = UUID.randomUUID();
                assertThat(put("likes/" + track).status()).isEqualTo(200);
                assertThat(put("likes/" + common).status()).isEqualTo(200);
                if (j % 3 == 0) {
                  assertThat(delete("likes/" + track).status()).isEqualTo(204);
                } else {
                  expected.add(track);
                }
              }
              return null;
            };
        all.add(writers.submit(writer));
      }
      for (Future<Void> one : all) {
        one.get(120, TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }
    expected.add(common);

    assertThat(section("liked_tracks")).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(section("liked_tracks_newest")).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(sizes()).isEqualTo(Map.of("liked_tracks", expected.size()));
    // 128 tracks and the common one were added, 48 taken away: each a version of its own.
    assertThat(head().getLong("version")).isEqualTo(128 + 1 + 48);

    List<LibraryChange> events = settledEvents();
    assertThat(events.stream().map(LibraryChange::getVersion).collect(Collectors.toSet()))
        .hasSize(128 + 1 + 48);
    Map<UUID, LibraryChange> last = new HashMap<>();
    for (LibraryChange event : events) {
      LibraryChange before = last.put(event.getItemId(), event);
      assertThat(before == null ? 0 : before.getVersion()).isLessThanOrEqualTo(event.getVersion());
    }
    last.values().removeIf(event -> event.getAddedAt() == null);
    assertThat(last.keySet()).isEqualTo(expected);
  }

  @Test
  void tenThousandLikesComeInWithinSecondsAndOnce() throws Exception {
    List<UUID> tracks = IntStream.range(0, 10_000).mapToObj(i -> UUID.randomUUID()).toList();
    Instant oldest = Instant.parse("2020-01-01T00:00:00Z");
    put("likes/" + tracks.get(5_000));
    String body =
        IntStream.range(0, 10_000)
            .mapToObj(
                i ->
                    "{\"id\":\"%s\",\"added_at\":\"%s\"}"
                        .formatted(tracks.get(i), oldest.plusSeconds(i)))
            .collect(Collectors.joining(",", "{\"likes\":[", "]}"));

    long started = System.nanoTime();
    Answer answer = client.me("POST", "likes", user, body);
    Duration took = Duration.ofNanos(System.nanoTime() - started);

    assertThat(answer.body()).isEqualTo(Client.JSON.readTree("{\"added\":9999,\"present\":1}"));
    assertThat(took).isLessThan(Duration.ofSeconds(20));
    assertThat(client.me("POST", "likes", user, body).body())
        .isEqualTo(Client.JSON.readTree("{\"added\":0,\"present\":10000}"));
    assertThat(sizes()).isEqualTo(Map.of("liked_tracks", 10_000));
    assertThat(new HashSet<>(section("liked_tracks"))).isEqualTo(new HashSet<>(tracks));
    List<UUID> newest = section("liked_tracks_newest");
    assertThat(newest).hasSize(10_000);
    assertThat(newest.get(0)).isEqualTo(tracks.get(5_000));
    assertThat(newest.get(1)).isEqualTo(tracks.get(9_999));
    assertThat(newest.get(9_999)).isEqualTo(tracks.get(0));
    assertThat(settledEvents().stream().map(LibraryChange::getItemId).collect(Collectors.toSet()))
        .isEqualTo(new HashSet<>(tracks));
  }

  @Test
  void metricsNameTheRouteAndNobody() throws Exception {
    put("likes/" + UUID.randomUUID());
    assertThat(client.get("/metrics").body())
        .contains("http_server_requests_seconds_bucket{route=\"/v1/me/likes/{track}\"")
        .contains("downbeat_outbox_published_total")
        .doesNotContain(user.toString());
  }

  private Answer put(String path) throws Exception {
    return client.me("PUT", path, user, null);
  }

  private Answer delete(String path) throws Exception {
    return client.me("DELETE", path, user, null);
  }

  private static void assertRefused(Answer answer, String field, String value, String rule) {
    JsonNode body = answer.body();
    assertThat(answer.status()).as("%s", body).isEqualTo(422);
    assertThat(body.get("field").asText()).isEqualTo(field);
    assertThat(body.get("value").asText()).isEqualTo(value);
    assertThat(body.get("detail").asText()).isEqualTo(rule);
  }

  private Row head() {
    return session
        .execute(
            "SELECT version, sizes, state FROM library WHERE user_id = %s AND section = '' AND key = ''"
                .formatted(user))
        .one();
  }

  private Map<String, Integer> sizes() {
    return head().getMap("sizes", String.class, Integer.class);
  }

  private List<UUID> section(String name) {
    return session
        .execute(
            "SELECT item_id FROM library WHERE user_id = %s AND section = '%s'"
                .formatted(user, name))
        .map(row -> row.getUuid("item_id"))
        .all();
  }

  /** This listener's, once no more are to come, in the order of the log for each key. */
  private List<LibraryChange> settledEvents() {
    until("an empty outbox", () -> section("outbox").isEmpty());
    until("no notice left", () -> session.execute("SELECT id FROM unpublished").all().isEmpty());
    List<LibraryChange> events = new ArrayList<>();
    for (Entry<LibraryChange> entry :
        new LogReader<>(
                fresh.bootstrapServers(),
                fresh.registryUrl().toString(),
                Topics.LIBRARY_CHANGES.withPrefix(fresh.topicPrefix()))
            .all()) {
      LibraryChange event = entry.value();
      assertThat(entry.key()).isEqualTo(Keys.of(event));
      if (event.getUserId().equals(user)) {
        events.add(event);
      }
    }
    return events;
  }

  private static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not %s in 60 s", what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
