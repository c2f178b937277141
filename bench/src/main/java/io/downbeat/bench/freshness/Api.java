package io.downbeat.bench.freshness;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The platform's API, as far as it is needed here. Thread-safe. */
final class Api {
  private static final int ACCEPTED = 202;

  /** Reading more often would take much of the machine that is measured. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final JsonMapper json = new JsonMapper();
  private final URI url;
  private final String key;

  Api(URI url, String key) {
    this.url = url;
    this.key = key;
  }

  /** A play too short to count as a stream, so that no chart is changed. */
  static String play(UUID playId, UUID userId, UUID trackId) {
    return play("\"play_id\":\"%s\"".formatted(playId), userId, trackId);
  }

  /** The same as an app sends it. */
  static String play(UUID userId, UUID deviceId, long deviceSeq, UUID trackId) {
    return play("\"device_id\":\"" + deviceId + "\",\"device_seq\":" + deviceSeq, userId, trackId);
  }

  private static String play(String known, UUID userId, UUID trackId) {
    return "{"
        + known
        + ",\"user_id\":\""
        + userId
        + "\",\"track_id\":\""
        + trackId
        + "\",\"started_at\":\""
        + Instant.now()
        + "\",\"played_millis\":20000}";
  }

  /**
   * @param body a play, or a list of them
   */
  void post(String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(url.resolve("/v1/plays"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != ACCEPTED) {
      throw new IOException("POST /v1/plays answered " + answer.statusCode());
    }
  }

  /**
   * Reads a track's count until it is one.
   *
   * @return when that was, by {@link System#nanoTime}
   */
  long awaitCounted(UUID trackId) throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      if (plays(trackId) == 1) {
        return System.nanoTime();
      }
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("A play was not counted within " + PATIENCE);
      }
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    }
  }

  /** How often a track was played, of all time. */
  long plays(UUID trackId) throws IOException, InterruptedException {
    HttpRequest count = HttpRequest.newBuilder(url.resolve("/v1/counts/tracks/" + trackId)).build();
    String body = http.send(count, BodyHandlers.ofString()).body();
    return json.readTree(body).path("totals").path("plays").asLong();
  }
}
