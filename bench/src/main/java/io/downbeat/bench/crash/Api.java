package io.downbeat.bench.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** The public API, as a client that doesn't give up uses it. Thread-safe. */
final class Api {
  /** Of a request that was held up on its way: to be sent again, like one that was broken off. */
  private static final int BODY_TOO_LATE = 408;

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI origin;
  private final String key;
  private final Ledger ledger;
  private final ConcurrentMap<String, LongAdder> outcomes = new ConcurrentHashMap<>();
  private final LongAdder withoutRetryAfter = new LongAdder();

  Api(URI origin, String key, Ledger ledger) {
    this.origin = origin;
    this.key = key;
    this.ledger = ledger;
  }

  /**
   * Sends them again with the same ids, as often as it takes, until it is known that they are kept.
   */
  void deliver(List<SentPlay> plays) throws InterruptedException {
    StringBuilder body = new StringBuilder(plays.size() * 320);
    for (SentPlay play : plays) {
      body.append(body.isEmpty() ? '[' : ',');
      play.writeJson(body);
    }
    body.append(']');
    ledger.send(plays);
    while (!post("/v1/plays", "application/json", body.toString(), plays.size())) {
      Thread.sleep(PAUSE.toMillis());
    }
    ledger.acknowledge(plays);
  }

  /** The same for lines of the catalogue. */
  void deliverCatalog(String lines) throws InterruptedException {
    while (!post("/v1/catalog", "application/x-ndjson", lines, lines.lines().count())) {
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private boolean post(String path, String type, String body, long elements)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(origin.resolve(path))
            .timeout(ANSWER)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      int status = answer.statusCode();
      outcomes.computeIfAbsent("post " + status, name -> new LongAdder()).increment();
      JsonNode answered =
          status == 202 || status == 200 ? JSON.readTree(answer.body()) : JSON.nullNode();
      long kept = answered.path("accepted").asLong() + answered.path("duplicates").asLong();
      if (kept == elements) {
        return true;
      }
      if (status == BODY_TOO_LATE) {
        return false;
      }
      if (status / 100 == 2 || status / 100 == 4 && status != 429) {
        throw new IllegalStateException(
            "POST %s answered %d to what is valid: %s".formatted(path, status, answer.body()));
      }
      if (answer.headers().firstValue("Retry-After").isEmpty()) {
        withoutRetryAfter.increment();
      }
    } catch (IOException e) {
      outcomes.computeIfAbsent("post broken off", name -> new LongAdder()).increment();
    }
    return false;
  }

  /** The answer, where there is a good one. */
  Optional<JsonNode> get(String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(origin.resolve(path)).timeout(ANSWER).GET().build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      outcomes.computeIfAbsent("get " + answer.statusCode(), name -> new LongAdder()).increment();
      return answer.statusCode() == 200
          ? Optional.of(JSON.readTree(answer.body()))
          : Optional.empty();
    } catch (IOException e) {
      outcomes.computeIfAbsent("get broken off", name -> new LongAdder()).increment();
      return Optional.empty();
    }
  }

  /** How often each kind of answer came. */
  TreeMap<String, Long> outcomes() {
    TreeMap<String, Long> all = new TreeMap<>();
    outcomes.forEach((name, count) -> all.put(name, count.sum()));
    return all;
  }

  /** Answers to plays that were no acknowledgement. */
  long notAcknowledged() {
    return outcomes().entrySet().stream()
        .filter(outcome -> outcome.getKey().startsWith("post "))
        .filter(outcome -> !outcome.getKey().startsWith("post 2"))
        .mapToLong(outcome -> outcome.getValue())
        .sum();
  }

  /** Answers to uploads that acknowledge nothing and don't say when to try again. */
  long withoutRetryAfter() {
    return withoutRetryAfter.sum();
  }
}
