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
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.catalog.CatalogWriter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Search over the real log, in a process that is killed. */
final class SearchIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTopics().createTables();
  private static final CatalogWriter CATALOG =
      new CatalogWriter(FRESH.bootstrapServers(), FRESH.registryUrl(), FRESH.topicPrefix());
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Http http;

  @AfterAll
  static void close() {
    CATALOG.close();
  }

  @Test
  void whatChangesIsFoundAsItIsNow(@TempDir(factory = InTarget.class) Path stateDir)
      throws Exception {
    UUID artist = UUID.randomUUID();
    UUID album = UUID.randomUUID();
    UUID one = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    CATALOG.put(track(one, "Lighthouse", album, artist));
    CATALOG.put(track(other, "Lighthouse", null));
    CATALOG.put(artist(artist, "Nocturnal Ferry"));
    CATALOG.put(album(album, "Harbours", artist));
    try (ServingApi api = ServingApi.start(Apps.config(FRESH, stateDir))) {
      http = new Http(api.port());
      awaitEqual(one, () -> first("nocturnal lighthouse", "track"));

      CATALOG.put(artist(artist, "Diurnal Tram"));
      awaitEqual(List.of(), () -> ids("nocturnal", "artist,album,track"));
      assertThat(first("diurnal lighthouse", "track")).isEqualTo(one);
      awaitEqual(album, () -> first("diurnal", "album"));

      for (List<UUID> order : List.of(List.of(one, other), List.of(other, one))) {
        stream(order.get(0), order.get(0).equals(one) ? 100 : 10_000);
        awaitEqual(order.stream().map(UUID::toString).toList(), () -> ids("lighthouse", "track"));
      }
      assertThat(http.get("/v1/search/suggestions?type=track&limit=1").json().at("/hits/0/track"))
          .isEqualTo(http.get("/v1/search?q=lighthouse&type=track").json().at("/hits/0/track"));

      CATALOG.putBytes(Topics.TRACKS, Uuids.toBytes(other), null);
      awaitEqual(List.of(one.toString()), () -> ids("lighthouse", "track"));
    }
  }

  @Test
  void afterEveryKillCatalogueAndIndexAgree(@TempDir(factory = InTarget.class) Path home)
      throws Exception {
    Random random = new Random(7);
    int port = Ports.free();
    http = new Http(port);
    List<UUID> artists = Stream.generate(UUID::randomUUID).limit(5).toList();
    TreeMap<String, String> titles = new TreeMap<>();
    ChildJvm process = Apps.process(FRESH, home, port);
    try {
      process.start();
      process.awaitReady();
      List<UUID> tracks = new ArrayList<>();
      for (int round = 1; round <= 4; round++) {
        for (UUID artist : artists) {
          CATALOG.put(artist(artist, "Band" + artists.indexOf(artist) + " round" + round));
        }
        int killedAt = random.nextInt(200);
        for (int i = 0; i < 200; i++) {
          if (i == killedAt) {
            process.kill();
          }
          boolean isNew = tracks.isEmpty() || random.nextInt(3) > 0;
          UUID id = isNew ? UUID.randomUUID() : tracks.get(random.nextInt(tracks.size()));
          if (isNew) {
            tracks.add(id);
          }
          if (!isNew && random.nextInt(3) == 0) {
            CATALOG.putBytes(Topics.TRACKS, Uuids.toBytes(id), null);
            titles.remove(id.toString());
          } else {
            String title = "zephyr" + random.nextInt(1_000_000);
            CATALOG.put(track(id, title, null, artists.get(random.nextInt(artists.size()))));
            titles.put(id.toString(), title);
          }
        }
        process.start();
        process.awaitReady();
        int now = round;
        awaitEqual(titles, this::found);
        for (UUID artist : artists) {
          String name = "band" + artists.indexOf(artist) + " round" + now;
          assertThat(first(name, "artist")).isEqualTo(artist);
        }
      }
    } finally {
      process.kill();
    }
  }

  @Test
  void anIndexThatIsLostOrDamagedIsBuiltAnew(@TempDir(factory = InTarget.class) Path stateDir)
      throws Exception {
    UUID track = UUID.randomUUID();
    CATALOG.put(track(track, "Quixotic Umbrella", null));
    List<String> expected = List.of(track.toString());
    try (ServingApi api = ServingApi.start(Apps.config(FRESH, stateDir))) {
      http = new Http(api.port());
      awaitEqual(expected, () -> ids("quixotic", "track"));
    }
    damage(stateDir.resolve("search"));

    try (ServingApi api = ServingApi.start(Apps.config(FRESH, stateDir))) {
      http = new Http(api.port());
      awaitEqual(expected, () -> ids("quixotic", "track"));
      awaitEqual(true, () -> http.get("/readyz").json().at("/parts/search/ready").asBoolean());
    }
  }

  private static void damage(Path index) throws IOException {
    try (Stream<Path> files = Files.walk(index)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, "damaged");
      }
    }
  }

  /** All tracks that the index has, by id. */
  private TreeMap<String, String> found() {
    TreeMap<String, String> found = new TreeMap<>();
    for (char letter = '0'; letter <= '9'; letter++) {
      String cursor = "";
      while (cursor != null) {
        JsonNode page =
            http.get("/v1/search?q=zephyr" + letter + "&type=track&limit=50" + cursor).json();
        for (JsonNode hit : page.path("hits")) {
          found.put(hit.at("/track/track_id").asText(), hit.at("/track/title").asText());
        }
        cursor =
            page.path("next_cursor").isTextual()
                ? "&cursor=" + page.get("next_cursor").asText()
                : null;
      }
    }
    return found;
  }

  private void stream(UUID track, long streams) throws Exception {
    float popularity = (float) ForwardDecay.of(streams, System.currentTimeMillis());
    CATALOG.put(Topics.POPULARITY, track, new Popularity(PopularityKind.TRACK, track, popularity));
  }

  private List<String> ids(String query, String types) {
    String path =
        "/v1/search?type=" + types + "&q=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    List<String> ids = new ArrayList<>();
    for (JsonNode hit : http.get(path).json().path("hits")) {
      String type = hit.get("type").asText();
      ids.add(hit.get(type).get(type + "_id").asText());
    }
    return ids;
  }

  private @Nullable UUID first(String query, String types) {
    List<String> ids = ids(query, types);
    return ids.isEmpty() ? null : UUID.fromString(ids.get(0));
  }

  private static <T> void awaitEqual(T expected, Supplier<@Nullable T> found) {
    Eventually.within(
        LIMIT, () -> expected.equals(found.get()), () -> expected + " but found " + found.get());
  }
}
