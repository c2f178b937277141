package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.e2e.Recount.Bucket;
import io.downbeat.local.run.e2e.Recount.Credits;
import io.downbeat.local.run.e2e.Recount.Measures;
import io.downbeat.local.run.e2e.Recount.Thing;
import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.Epoch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./downbeat batch audit-counts} while plays keep arriving. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class AuditIT {
  private static final int PLAYS = 2_000;
  private static final Instant DAY =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(10, ChronoUnit.DAYS);

  /** Above whatever the stream writes in its epoch, so that it stays. */
  private static final long AFTER_ALL = Epoch.FIRST.timestamp(1L << 40);

  private static final UUID TRACK = track(1);
  private static final UUID ARTIST = new UUID(0xA0, 1);
  private static final UUID ALBUM = new UUID(0xB0, 2);
  private static final UUID STRANGER = new UUID(0xFF, 1);
  private static final UUID EVERYTHING = new UUID(0, 0);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void driftIsZeroUntilItIsPlantedAndThenJustThatIsFound() throws Exception {
    Recount recount = new Recount();
    Path catalogue = catalogue(directory.resolve("catalogue.ndjson"));
    Path plays = plays(directory.resolve("plays.ndjson"), recount);
    Path output = directory.resolve("simulate.txt");
    try (LocalPlatform platform = new LocalPlatform(directory)) {
      platform.run("up", "--detach");
      platform.run("import", "catalog", catalogue.toString());
      platform.run("import", "plays", plays.toString());
      Process arriving =
          platform.start(
              output,
              "simulate",
              "--rate",
              "20",
              "--listeners",
              "300",
              "--catalogue-tracks",
              "300");
      platform.await("plays arrive", platform::counted, now -> now > recount.plays() + 100);
      platform.await("plays in the lake", platform::lakeRows, now -> now > recount.plays());

      String clean = platform.run("batch", "audit-counts");
      assertThat(clean).contains("Drift: 0");
      JsonNode audit = platform.get("/v1/audits/latest");
      assertThat(audit.at("/counts/differing").asLong(-1)).isZero();
      assertThat(audit.at("/charts/differing").asLong(-1)).isZero();
      assertThat(audit.at("/counts/compared").asLong())
          .as("all of the import, but what the arriving plays share with it")
          .isGreaterThan(recount.buckets().size() * 9 / 10);
      assertThat(audit.at("/counts/moving").asLong()).isPositive();
      assertThat(audit.at("/drift/plays").asLong(-1)).isZero();

      Bucket raised = new Bucket(new Thing("track", TRACK), ChronoUnit.DAYS, DAY);
      Bucket lowered = new Bucket(new Thing("artist", ARTIST), ChronoUnit.DAYS, DAY);
      Bucket deleted = hourOf(ALBUM, recount);
      platform.execute(
          set(raised, "plays", recount.buckets().get(raised).plays() + 7),
          set(lowered, "streams", 1),
          set(new Bucket(new Thing("track", STRANGER), ChronoUnit.DAYS, DAY), "skips", 3),
          "DELETE FROM counts USING TIMESTAMP %d WHERE kind = 'album' AND id = %s AND granularity = 'hour' AND start = %d"
              .formatted(AFTER_ALL, ALBUM, deleted.start().toEpochMilli()),
          "UPDATE charts USING TIMESTAMP %d SET top = [(%s, 1)] WHERE scope = %s AND window = 'day' AND start = %d"
              .formatted(AFTER_ALL, TRACK, EVERYTHING, DAY.toEpochMilli()));

      LocalPlatform.Result drifted = platform.downbeat("batch", "audit-counts");
      assertThat(arriving.isAlive()).as(Files.readString(output)).isTrue();
      assertThat(drifted.code()).as(drifted.output()).isEqualTo(3);
      assertThat(drifted.output()).contains("4 counts and 1 charts differ", "./downbeat rebuild");
      JsonNode found = platform.get("/v1/audits/latest");
      assertThat(found.at("/counts/differing").asLong()).isEqualTo(4);
      assertThat(found.at("/charts/differing").asLong()).isEqualTo(1);
      Measures missing = recount.buckets().get(deleted);
      assertThat(drift(found))
          .isEqualTo(
              Map.of(
                  "plays", 7 + missing.plays(),
                  "streams", recount.buckets().get(lowered).streams() - 1 + missing.streams(),
                  "listened_millis", missing.listenedMillis(),
                  "skips", 3 + missing.skips(),
                  "listeners", 0L));
      assertThat(examples(found))
          .containsExactlyInAnyOrder(
              "too_high track " + TRACK,
              "too_low artist " + ARTIST,
              "missing album " + ALBUM,
              "unknown track " + STRANGER,
              "wrong chart " + EVERYTHING);

      assertThat(platform.run("batch", "audit-counts", "--days", "3"))
          .as("of days without errors")
          .contains("Drift: 0");
      JsonNode ofDays = platform.get("/v1/audits/latest");
      assertThat(ofDays.path("days").asInt()).isEqualTo(3);
      assertThat(ofDays.at("/counts/compared").asLong() + ofDays.at("/counts/moving").asLong())
          .isPositive();
    }
  }

  private static String set(Bucket day, String measure, long total) {
    return "UPDATE counts USING TIMESTAMP %d SET measures = measures + {'%s': %d} WHERE kind = '%s' AND id = %s AND granularity = 'day' AND start = %d"
        .formatted(
            AFTER_ALL,
            measure,
            total,
            day.thing().kind(),
            day.thing().id(),
            day.start().toEpochMilli());
  }

  private static Bucket hourOf(UUID album, Recount recount) {
    return recount.buckets().keySet().stream()
        .filter(bucket -> bucket.unit() == ChronoUnit.HOURS)
        .filter(bucket -> bucket.thing().equals(new Thing("album", album)))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Long> drift(JsonNode audit) {
    Map<String, Long> drift = new HashMap<>();
    audit
        .get("drift")
        .properties()
        .forEach(each -> drift.put(each.getKey(), each.getValue().asLong()));
    return drift;
  }

  private static List<String> examples(JsonNode audit) {
    return StreamSupport.stream(audit.get("examples").spliterator(), false)
        .map(
            example ->
                "%s %s %s"
                    .formatted(
                        example.get("problem").asText(),
                        example.path("kind").asText("chart"),
                        example.has("id")
                            ? example.get("id").asText()
                            : example.get("scope").asText()))
        .toList();
  }

  private static Path catalogue(Path file) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < 20; t++) {
      lines.add(
          "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Track %d\",\"artist_ids\":[\"%s\"],\"album_id\":\"%s\",\"genres\":[\"genre %d\"]}"
              .formatted(track(t), t, credits(t).artists().get(0), credits(t).album(), t % 3));
    }
    return Files.write(file, lines);
  }

  /** Of one day, also to be counted. */
  private static Path plays(Path file, Recount recount) throws Exception {
    Random random = new Random(7);
    List<String> lines = new ArrayList<>();
    for (int p = 0; p < PLAYS; p++) {
      int t = random.nextInt(20);
      UUID user = new UUID(9, random.nextInt(100));
      Instant at = DAY.plusMillis(random.nextLong(86_400_000));
      long playedMillis = random.nextInt(240_000);
      boolean skipped = random.nextInt(3) == 0;
      recount.add(user, track(t), at, playedMillis, skipped, credits(t));
      lines.add(
          "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"%s\",\"played_millis\":%d,\"end_reason\":\"%s\"}"
              .formatted(
                  new UUID(random.nextLong(), random.nextLong()),
                  user,
                  track(t),
                  at,
                  playedMillis,
                  skipped ? "skipped" : "completed"));
    }
    return Files.write(file, lines);
  }

  private static UUID track(int t) {
    return new UUID(0xD0, t);
  }

  private static Credits credits(int t) {
    return new Credits(
        List.of(new UUID(0xA0, t % 5)),
        new UUID(0xB0, t % 4),
        List.of(GenreId.of("genre " + t % 3)));
  }
}
