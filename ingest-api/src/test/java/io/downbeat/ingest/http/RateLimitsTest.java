package io.downbeat.ingest.http;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.Rate;
import io.downbeat.access.http.RateLimits;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits over real HTTP, behind a proxy on loopback, in a time of their own. */
final class RateLimitsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final RateLimits.Settings SETTINGS =
      new RateLimits.Settings(
          new Rate(2, SECOND, 10),
          new Rate(1, Duration.ofMinutes(1), 3),
          new Rate(1, SECOND, 4),
          new Rate(1, SECOND, 6),
          100,
          List.of("192.0.2.0/24"));

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger handled = new AtomicInteger();
  private final RateLimits limits = new RateLimits(SETTINGS, nanos::get);
  private final Guard guard =
      new Guard(
          new Guard.Settings(
              List.of("127.0.0.1"), List.of(), Duration.ZERO, Duration.ofSeconds(10)),
          limits,
          ctx -> "Bearer key".equals(ctx.header("Authorization")));
  private final Served served =
      new Served(
          guard,
          new Route(GET, "/things", ctx -> handled.incrementAndGet()),
          new Route(POST, "/v1/sessions", ctx -> handled.incrementAndGet()),
          new Route(POST, "/v1/things", this::ofAccount),
          new Route(POST, "/v1/plays", this::ofAccount));

  private void ofAccount(io.javalin.http.Context ctx) {
    limits.account(ctx, UUID.fromString(ctx.header("User")));
    handled.incrementAndGet();
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void anAddressHasItsBurstAndThenItsRate() throws Exception {
    for (int left = 9; left >= 0; left--) {
      HttpResponse<String> answer = get("203.0.113.7");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertLimit(answer, 10, left);
    }

    HttpResponse<String> refused = get("203.0.113.7");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    // Ten at two a second.
    assertThat(refused.headers().firstValue("RateLimit-Reset")).hasValue("5");
    assertThat(refused.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertLimit(refused, 10, 0);
    assertThat(refused.body()).contains("\"status\":429").doesNotContain("203.0.113.7");
    assertThat(handled).hasValue(10);
    nanos.addAndGet(SECOND.toNanos());
    assertThat(get("203.0.113.7").statusCode()).isEqualTo(200);
    assertThat(get("203.0.113.7").statusCode()).isEqualTo(200);
    assertThat(get("203.0.113.7").statusCode()).isEqualTo(429);
  }

  @Test
  void aClientCannotChooseItsAddress() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(get("198.51.100." + i + ", 203.0.113.7").statusCode()).isEqualTo(200);
    }
    assertThat(get("198.51.100.99, 203.0.113.7").statusCode()).isEqualTo(429);
    assertThat(get("192.0.2.1, 203.0.113.7").statusCode()).isEqualTo(429);
    assertThat(get("203.0.113.8").statusCode()).isEqualTo(200);
  }

  @Test
  void ofIpv6ANetworkIsOneClient() throws Exception {
    for (int i = 0; i < 10; i++) {
      get("2001:db8:1:2::" + i);
    }
    assertThat(get("2001:db8:1:2:ffff::1").statusCode()).isEqualTo(429);
    assertThat(get("2001:db8:1:3::1").statusCode()).isEqualTo(200);
  }

  @Test
  void pathsThatAreNotThereCountToo() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(served.send("GET", "/nothing", "", "X-Forwarded-For", "203.0.113.7").statusCode())
          .isEqualTo(404);
    }
    assertThat(get("203.0.113.7").statusCode()).isEqualTo(429);
  }

  @Test
  void whoHasTheServiceKeyAndUnlimitedAddressesAreNotCounted() throws Exception {
    for (int i = 0; i < 30; i++) {
      HttpResponse<String> answer =
          served.send(
              "POST",
              "/v1/things",
              "{}",
              "X-Forwarded-For",
              "203.0.113.7",
              "Authorization",
              "Bearer key",
              "User",
              UUID.randomUUID().toString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("RateLimit-Limit")).isEmpty();
      assertThat(get("192.0.2.9").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void signInsAreFewerAndCountAsTheAddressesToo() throws Exception {
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> answer = post("/v1/sessions", "203.0.113.7", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertLimit(answer, 3, left);
    }
    HttpResponse<String> refused = post("/v1/sessions", "203.0.113.7", "");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");
    assertThat(handled).hasValue(3);
    assertLimit(get("203.0.113.7"), 10, 5);
  }

  @Test
  void noOtherSpellingOfAPathEscapesItsLimit() throws Exception {
    for (String path :
        List.of(
            "/v1/%73essions",
            "/v1/sessions;a=b",
            "/v1/sessions/",
            "//v1/sessions",
            "/v1//sessions",
            "/v1/./sessions",
            "/v1/x/../sessions",
            "/V1/sessions")) {
      assertThat(post(path, "203.0.113.7", "").statusCode()).as(path).isIn(400, 404);
    }
    assertThat(handled).hasValue(0);
    assertLimit(post("/v1/sessions?a=b", "203.0.113.7", ""), 3, 2);
  }

  @Test
  void anAccountHasLimitsOfItsOwnWhereverItComesFrom() throws Exception {
    String user = UUID.randomUUID().toString();
    for (int left = 3; left >= 0; left--) {
      assertLimit(post("/v1/things", "203.0.113." + left, user), 4, left);
    }
    assertThat(post("/v1/things", "203.0.113.9", user).statusCode()).isEqualTo(429);
    assertThat(post("/v1/things", "203.0.113.9", UUID.randomUUID().toString()).statusCode())
        .isEqualTo(200);
    for (int left = 5; left >= 0; left--) {
      assertLimit(post("/v1/plays", "203.0.114." + left, user), 6, left);
    }
    assertThat(post("/v1/plays", "203.0.114.9", user).statusCode()).isEqualTo(429);
  }

  @Test
  void aLargeBodyIsNotReadAndItsSenderSeesTheAnswer() throws Exception {
    for (int i = 0; i < 10; i++) {
      get("203.0.113.7");
    }
    HttpResponse<String> answer =
        served.send("POST", "/v1/plays", "x".repeat(6 << 20), "X-Forwarded-For", "203.0.113.7");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(handled).hasValue(10);
  }

  @Test
  void whereThereIsNoLimitNothingIsCounted() throws Exception {
    try (Served open =
        new Served(Guard.open(), new Route(GET, "/things", ctx -> handled.incrementAndGet()))) {
      HttpResponse<String> answer = open.send("GET", "/things", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("RateLimit-Limit")).isEmpty();
    }
  }

  @Test
  void aRateThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new Rate(-1, SECOND, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Rate(1, Duration.ZERO, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Rate(1, SECOND, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private HttpResponse<String> get(String forwarded) throws Exception {
    return served.send("GET", "/things", "", "X-Forwarded-For", forwarded);
  }

  private HttpResponse<String> post(String path, String forwarded, String user) throws Exception {
    return served.send("POST", path, "{}", "X-Forwarded-For", forwarded, "User", user);
  }

  private static void assertLimit(HttpResponse<String> answer, int limit, int left) {
    assertThat(answer.headers().firstValue("RateLimit-Limit")).hasValue(Integer.toString(limit));
    assertThat(answer.headers().firstValue("RateLimit-Remaining")).hasValue(Integer.toString(left));
    assertThat(answer.headers().firstValue("RateLimit-Reset")).isPresent();
  }
}
