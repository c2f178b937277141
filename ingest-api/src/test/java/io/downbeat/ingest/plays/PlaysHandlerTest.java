package io.downbeat.ingest.plays;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.ingest.http.Capacity;
import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.Route;
import io.downbeat.schemas.avro.Play;
import io.javalin.http.HandlerType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The handler over real HTTP, on a store that answers when it is told to. */
final class PlaysHandlerTest {

  private static final String PLAY =
      """
      {"play_id":"00000000-0000-0000-0000-000000000001","user_id":"00000000-0000-0000-0000-000000000002",\
      "track_id":"00000000-0000-0000-0000-000000000003","started_at":"2026-01-01T00:00:00Z",\
      "played_millis":0}""";

  private final BlockingQueue<CompletableFuture<Void>> appended = new LinkedBlockingQueue<>();
  private final BlockingQueue<Play> taken = new LinkedBlockingQueue<>();
  private final Capacity capacity = new Capacity(6_000);
  private final QueuedThreadPool threads = HttpServer.threads(8);
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer server;

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void itAnswersOnceTheStoreHas() throws Exception {
    start(Duration.ofSeconds(10));
    CompletableFuture<HttpResponse<String>> answer = post(PLAY);
    CompletableFuture<Void> stored = stored();
    assertThat(answer).isNotDone();
    assertThat(capacity.used()).isPositive();

    stored.complete(null);

    assertThat(answer.get().statusCode()).isEqualTo(202);
    assertThat(capacity.used()).isZero();
  }

  @Test
  void aSendingTimeMovesTheTimesOfItsPlays() throws Exception {
    start(Duration.ofSeconds(10));
    Instant began = Instant.now().minusSeconds(3_600);
    Duration behind = Duration.ofDays(400);
    String play = PLAY.replace("2026-01-01T00:00:00Z", began.minus(behind).toString());

    CompletableFuture<HttpResponse<String>> answer =
        post(play, "Downbeat-Sent-At", Instant.now().minus(behind).toString());
    stored().complete(null);

    assertThat(answer.get().statusCode()).isEqualTo(202);
    assertThat(taken.remove().getStartedAt()).isBetween(began.minusMillis(1), Instant.now());
  }

  @Test
  void ofARequestWithASendingTimeThatIsNoneNothingIsTaken() throws Exception {
    start(Duration.ofSeconds(10));

    HttpResponse<String> malformed = post(PLAY, "Downbeat-Sent-At", "noon").get();
    HttpResponse<String> absurd = post(PLAY, "Downbeat-Sent-At", "1970-01-01T00:00:00Z").get();

    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(malformed.body())
        .contains("\"field\":\"Downbeat-Sent-At\",\"value\":\"noon\"")
        .contains("a time with its offset (RFC 3339)");
    assertThat(absurd.statusCode()).isEqualTo(422);
    assertThat(absurd.body()).contains("\"value\":\"1970-01-01T00:00:00Z\"");
    assertThat(capacity.used()).isZero();
    assertThat(appended).isEmpty();
  }

  @Test
  void aStoreThatFailsIs503() throws Exception {
    start(Duration.ofSeconds(10));
    CompletableFuture<HttpResponse<String>> answer = post(PLAY);

    stored().completeExceptionally(new IllegalStateException("away"));

    assertThat(answer.get().statusCode()).isEqualTo(503);
    assertThat(answer.get().headers().firstValue("Retry-After")).hasValue("2");
    assertThat(answer.get().body()).contains("send them again with the same play_id");
    assertThat(capacity.used()).isZero();
  }

  @Test
  void aStoreThatNeverAnswersIs503AndItsPlaysStayCounted() throws Exception {
    start(Duration.ofMillis(200));
    CompletableFuture<HttpResponse<String>> answer = post(PLAY);
    CompletableFuture<Void> stored = stored();

    assertThat(answer.get().statusCode()).isEqualTo(503);
    assertThat(capacity.used()).isPositive();
    stored.complete(null);
    assertThat(capacity.used()).isZero();
  }

  @Test
  void moreThanFitsIs429AndNothingOfItIsTaken() throws Exception {
    start(Duration.ofSeconds(10));
    CompletableFuture<HttpResponse<String>> first = post(PLAY);
    CompletableFuture<Void> stored = stored();

    HttpResponse<String> second = post(PLAY).get();

    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
    stored.complete(null);
    assertThat(first.get().statusCode()).isEqualTo(202);
    assertThat(appended).isEmpty();
  }

  @Test
  void whatIsRefusedIsLetGo() throws Exception {
    start(Duration.ofSeconds(10));
    assertThat(post("{").get().statusCode()).isEqualTo(400);
    assertThat(post("[]").get().statusCode()).isEqualTo(422);
    assertThat(post("x".repeat(1_100)).get().statusCode()).isEqualTo(413);
    assertThat(capacity.used()).isZero();
  }

  @Test
  void nestingAndNumbersBeyondAllMeasureAreRefused() throws Exception {
    start(Duration.ofSeconds(10));
    String deep = "{\"a\":".repeat(100) + "0" + "}".repeat(100);
    for (String body :
        List.of(
            "[".repeat(1_000),
            "[".repeat(500) + "]".repeat(500),
            deep,
            PLAY.replace("\"played_millis\":0", "\"context\":" + deep))) {
      assertThat(post(body).get().statusCode()).as(body).isEqualTo(400);
    }
    for (String number : List.of("9".repeat(700), "1e999999999", "-1e-999999999", "0.1")) {
      HttpResponse<String> answer =
          post(PLAY.replace("\"played_millis\":0", "\"played_millis\":" + number)).get();
      assertThat(answer.statusCode()).as(number).isEqualTo(422);
      assertThat(answer.body()).contains("\"field\":\"played_millis\"").hasSizeLessThan(1_000);
    }
    assertThat(appended).isEmpty();
    assertThat(capacity.used()).isZero();
  }

  @Test
  void aStopLetsRequestsUnderWayEnd() throws Exception {
    start(Duration.ofSeconds(10));
    CompletableFuture<HttpResponse<String>> answer = post(PLAY);
    CompletableFuture<Void> stored = stored();

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
    CompletableFuture.runAsync(
            () -> stored.complete(null),
            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS))
        .get();

    assertThat(answer.get().statusCode()).isEqualTo(202);
    stopped.get(20, TimeUnit.SECONDS);
  }

  private CompletableFuture<Void> stored() throws InterruptedException {
    CompletableFuture<Void> stored = appended.poll(20, TimeUnit.SECONDS);
    assertThat(stored).isNotNull();
    return stored;
  }

  private void start(Duration answer) {
    PlaysHandler handler =
        new PlaysHandler(
            ctx -> null,
            plays -> {
              CompletableFuture<Void> stored = new CompletableFuture<>();
              taken.addAll(plays);
              appended.add(stored);
              return stored;
            },
            capacity,
            new PlaysHandler.Limits(1_024, Duration.ofMillis(500), answer),
            threads,
            Clock.systemUTC(),
            new SimpleMeterRegistry());
    server =
        HttpServer.start(
            new HttpServer.Settings(
                "127.0.0.1", 0, 100, Duration.ofSeconds(5), Duration.ofSeconds(5)),
            threads,
            List.of(new Route(HandlerType.POST, "/v1/plays", handler)),
            new SimpleMeterRegistry());
  }

  private CompletableFuture<HttpResponse<String>> post(String body, String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
    all.addAll(List.of(headers));
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/plays"))
            .timeout(Duration.ofSeconds(20))
            .headers(all.toArray(String[]::new))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
