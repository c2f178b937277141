package io.downbeat.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A caller of ingest-api. */
final class Client {

  static final ObjectMapper JSON = new ObjectMapper();
  static final String KEY = "key-of-the-test-0123456789";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI origin;

  Client(int port) {
    this.origin = URI.create("http://127.0.0.1:" + port);
  }

  record Answer(int status, JsonNode body, HttpResponse<String> response) {
    static Answer of(HttpResponse<String> response) {
      try {
        return new Answer(response.statusCode(), JSON.readTree(response.body()), response);
      } catch (IOException e) {
        throw new AssertionError("Not JSON: " + response.body(), e);
      }
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** With key and the path's media type, to be changed. */
  HttpRequest.Builder post(String path, BodyPublisher body) {
    return HttpRequest.newBuilder(origin.resolve(path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + KEY)
        .header(
            "Content-Type",
            path.equals("/v1/catalog") ? "application/x-ndjson" : "application/json")
        .POST(body);
  }

  Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return Answer.of(http.send(request.build(), BodyHandlers.ofString()));
  }

  /** Of what is a listener's own; without a body if that is null. */
  Answer me(String method, String path, UUID user, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        post("/v1/me/" + path, BodyPublishers.noBody()).header("Downbeat-User", user.toString());
    return send(
        request.method(
            method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  Answer plays(String body) throws IOException, InterruptedException {
    return send(post("/v1/plays", BodyPublishers.ofString(body)));
  }

  CompletableFuture<Answer> playsLater(String body) {
    return http.sendAsync(
            post("/v1/plays", BodyPublishers.ofString(body)).build(), BodyHandlers.ofString())
        .thenApply(Answer::of);
  }

  Answer catalog(InputStream lines) throws IOException, InterruptedException {
    return send(post("/v1/catalog", BodyPublishers.ofInputStream(() -> lines)));
  }

  Answer catalog(String lines) throws IOException, InterruptedException {
    return send(post("/v1/catalog", BodyPublishers.ofString(lines)));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(origin.resolve(path)).timeout(Duration.ofSeconds(10)).build(),
        BodyHandlers.ofString());
  }

  static String play(UUID playId) {
    return """
        {"play_id":"%s","user_id":"%s","track_id":"%s","started_at":"2026-01-01T20:15:00.250+01:00",\
        "played_millis":187000,"context":{"type":"album","id":"a1"},"country":"DE",\
        "end_reason":"completed","client":"test 1.0"}"""
        .formatted(playId, UUID.randomUUID(), UUID.randomUUID());
  }
}
