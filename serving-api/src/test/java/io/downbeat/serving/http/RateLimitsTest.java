package io.downbeat.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
          new Rate(2, SECOND, 10), new Rate(1, SECOND, 4), 100, List.of("192.0.2.0/24"));

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
          new Route("/things", ctx -> handled.incrementAndGet()),
          new Route("/v1/me/things", this::ofAccount));

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
      assertThat(served.send("GET", "/nothing", "X-Forwarded-For", "203.0.113.7").statusCode())
          .isEqualTo(404);
    }
    assertThat(get("203.0.113.7").statusCode()).isEqualTo(429);
  }

  @Test
  void whoHasTheServiceKeyAndUnlimitedAddressesAreNotCounted() throws Exception {
    for (int i = 0; i < 30; i++) {
      HttpResponse<String> answer =
          served.send(
              "GET",
              "/v1/me/things",
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
  void anAccountHasLimitsOfItsOwnWhereverItComesFrom() throws Exception {
    String user = UUID.randomUUID().toString();
    for (int left = 3; left >= 0; left--) {
      assertLimit(me("203.0.113." + left, user), 4, left);
    }
    assertThat(me("203.0.113.9", user).statusCode()).isEqualTo(429);
    assertThat(me("203.0.113.9", UUID.randomUUID().toString()).statusCode()).isEqualTo(200);
  }

  @Test
  void whereThereIsNoLimitNothingIsCounted() throws Exception {
    try (Served open =
        new Served(Guard.open(), new Route("/things", ctx -> handled.incrementAndGet()))) {
      HttpResponse<String> answer = open.send("GET", "/things");
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
    return served.send("GET", "/things", "X-Forwarded-For", forwarded);
  }

  private HttpResponse<String> me(String forwarded, String user) throws Exception {
    return served.send("GET", "/v1/me/things", "X-Forwarded-For", forwarded, "User", user);
  }

  private static void assertLimit(HttpResponse<String> answer, int limit, int left) {
    assertThat(answer.headers().firstValue("RateLimit-Limit")).hasValue(Integer.toString(limit));
    assertThat(answer.headers().firstValue("RateLimit-Remaining")).hasValue(Integer.toString(left));
    assertThat(answer.headers().firstValue("RateLimit-Reset")).isPresent();
  }
}
