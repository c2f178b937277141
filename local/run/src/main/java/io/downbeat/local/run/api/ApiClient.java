package io.downbeat.local.run.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The write side of the public API. A batch that got no answer, or one that asks to come again, is
 * sent again with the same ids, which counts nothing twice; until a batch of any caller succeeds
 * again or the patience ends. Thread-safe; a call blocks its thread.
 */
public final class ApiClient {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long LONGEST_ASKED_PAUSE_MILLIS = 60_000;

  private final HttpClient http;
  private final URI api;
  private final String key;
  private final Duration patience;
  private final AtomicLong lastSuccess = new AtomicLong(System.nanoTime());
  private volatile Consumer<String> trouble = text -> {};

  /**
   * @param accepted things that the log has acknowledged
   * @param duplicates repeats within the batch, written once
   */
  public record Answer(long accepted, long duplicates, List<Rejection> rejected) {
    public static final Answer NONE = new Answer(0, 0, List.of());
  }

  /**
   * @param index of the thing in its batch, from 0
   */
  public record Rejection(int index, @Nullable String field, String reason) {}

  /**
   * @param key of a trusted producer
   * @param patience how long nothing at all may succeed
   */
  public ApiClient(URI api, String key, Duration patience) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    this.api = api;
    this.key = key;
    this.patience = patience;
  }

  /**
   * @param keyFile holds the key of a trusted producer
   */
  public static ApiClient of(URI api, Path keyFile, Duration patience) throws CannotSend {
    return new ApiClient(api, key(keyFile), patience);
  }

  public URI api() {
    return api;
  }

  /** Who is told what keeps batches from going through; an empty text when they do again. */
  public void onTrouble(Consumer<String> listener) {
    trouble = listener;
  }

  /**
   * @throws CannotSend if the batch can't be sent, now or at all; what became of it is unknown if
   *     the patience ended
   */
  public Answer post(Kind kind, byte[] body) throws CannotSend, InterruptedException {
    return answer(
        kind,
        send(
            request("/v1/" + kind, body)
                .header(
                    "Content-Type",
                    kind == Kind.PLAYS ? "application/json" : "application/x-ndjson")
                .build()));
  }

  /**
   * Posts for a listener, under an {@code Idempotency-Key} that is the path: once per listener.
   *
   * @param json an object
   * @throws CannotSend as {@link #post(Kind, byte[])}
   */
  public void post(String path, UUID user, String json) throws CannotSend, InterruptedException {
    send(
        request(path, json.getBytes(StandardCharsets.UTF_8))
            .header("Content-Type", "application/json")
            .header("Downbeat-User", user.toString())
            .header("Idempotency-Key", path)
            .build());
  }

  private HttpRequest.Builder request(String path, byte[] body) {
    return HttpRequest.newBuilder(URI.create(api + path))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + key)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private byte[] send(HttpRequest request) throws CannotSend, InterruptedException {
    long firstAttempt = System.nanoTime();
    for (int attempt = 0; ; attempt++) {
      String problem;
      long pauseMillis = pauseMillis(attempt);
      try {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        int status = response.statusCode();
        if (status / 100 == 2) {
          lastSuccess.accumulateAndGet(System.nanoTime(), Math::max);
          trouble.accept("");
          return response.body();
        }
        problem = "HTTP " + status + detail(response.body());
        if (!passes(status)) {
          throw new CannotSend(refusal(status, problem));
        }
        pauseMillis = Math.max(pauseMillis, askedPauseMillis(response));
      } catch (CannotSend e) {
        throw e;
      } catch (ConnectException e) {
        problem = "nothing answers at " + api + " (is `./downbeat up` running?)";
      } catch (HttpTimeoutException e) {
        problem = "no answer within " + ANSWER.toSeconds() + " s";
      } catch (IOException e) {
        problem = "the connection broke (" + e.getClass().getSimpleName() + ")";
      }
      long idleSince = Math.max(lastSuccess.get(), firstAttempt);
      if (System.nanoTime() - idleSince > patience.toNanos()) {
        throw new CannotSend(
            "Stopped: for %d s no batch went through; the last trouble: %s"
                .formatted(patience.toSeconds(), problem));
      }
      trouble.accept(problem);
      Thread.sleep(pauseMillis);
    }
  }

  /** Doubling, with a random part so that batches don't come back all at once. */
  private static long pauseMillis(int attempt) {
    long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 16));
    return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
  }

  private static long askedPauseMillis(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("\\d{1,9}"))
        .map(seconds -> Math.min(LONGEST_ASKED_PAUSE_MILLIS, Long.parseLong(seconds) * 1000))
        .orElse(0L);
  }

  /** Whether this status may be gone the next time. */
  private static boolean passes(int status) {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  private String refusal(int status, String problem) {
    return switch (status) {
      case 401, 403 ->
          "Stopped: the API at %s refuses the service key (%s)".formatted(api, problem);
      case 404, 405 -> "Stopped: %s is not a Downbeat API (%s)".formatted(api, problem);
      default -> "Stopped: the API at %s refuses a batch (%s)".formatted(api, problem);
    };
  }

  private Answer answer(Kind kind, byte[] body) throws CannotSend {
    JsonNode json = json(body);
    if (!json.path("accepted").canConvertToLong()) {
      throw new CannotSend("Stopped: what " + api + " answers is not Downbeat's");
    }
    List<Rejection> rejected = new ArrayList<>();
    for (JsonNode one : json.path("rejected")) {
      int index = kind == Kind.PLAYS ? one.path("index").asInt(-1) : one.path("line").asInt(0) - 1;
      String value = one.path("value").asText("");
      String reason = one.path("reason").asText("");
      rejected.add(
          new Rejection(
              index,
              one.path("field").textValue(),
              value.isEmpty() ? reason : "\"%s\": %s".formatted(value, reason)));
    }
    return new Answer(
        json.path("accepted").asLong(), json.path("duplicates").asLong(), List.copyOf(rejected));
  }

  private static String detail(byte[] body) {
    JsonNode json = json(body);
    String detail = json.path("detail").asText(json.path("title").asText(""));
    return detail.isEmpty() ? "" : ": " + detail;
  }

  private static JsonNode json(byte[] body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read JSON from memory", e);
    }
  }

  private static String key(Path file) throws CannotSend {
    String key;
    try {
      key = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      throw new CannotSend(
          "There is no service key at %s: `./downbeat up` makes it at its first start; or say --key-file"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new CannotSend("Cannot read the service key at %s: %s".formatted(file, e), e);
    }
    if (!key.matches("[!-~]{1,1000}")) {
      throw new CannotSend(
          "What is in %s is no service key: it is one line without blanks".formatted(file));
    }
    return key;
  }
}
