package io.downbeat.local.run.consistency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.consistency.Operation.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * Asks for changes, and takes each answer at its word: what says that nothing was changed, has
 * failed, and what does not know leaves the outcome unknown. Thread-safe.
 */
final class Caller {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** An answer with the times, on one clock, between which it came about. */
  record Answer(long askedAt, long answeredAt, Outcome outcome, int status, JsonNode body) {
    <A> Operation<A> as(String who, A what) {
      return new Operation<>(who, what, askedAt, answeredAt, outcome);
    }
  }

  /**
   * @throws IllegalStateException if it is an answer that nobody should get
   */
  Answer send(URI origin, String method, String path, Map<String, String> headers, String json)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(origin.resolve(path))
            .timeout(PATIENCE)
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (!json.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    long askedAt = System.nanoTime();
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      JsonNode body = JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
      return new Answer(
          askedAt,
          System.nanoTime(),
          outcome(method + " " + path, answer.statusCode(), body),
          answer.statusCode(),
          body);
    } catch (IOException e) {
      return new Answer(askedAt, System.nanoTime(), Outcome.UNKNOWN, 0, JSON.nullNode());
    }
  }

  private static Outcome outcome(String what, int status, JsonNode body) {
    boolean nothing = body.path("detail").asText().contains("nothing was changed");
    return switch (status) {
      case 200, 201, 204 -> Outcome.OK;
      case 409 -> Outcome.REFUSED;
      case 429 -> Outcome.FAILED;
      case 503 -> nothing ? Outcome.FAILED : Outcome.UNKNOWN;
      default -> throw new IllegalStateException(what + " answered " + status + ": " + body);
    };
  }
}
