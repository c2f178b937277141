package io.downbeat.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.Rate;
import io.downbeat.access.http.RateLimits;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GuardTest {
  private static final String PLAYER = "https://player.example";
  private static final Duration HEAD = Duration.ofSeconds(10);
  private static final Map<String, String> ALWAYS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

  private static Route[] routes() {
    return new Route[] {
      new Route("/things", ctx -> ctx.header("ETag", "\"1\"").result("{}")),
      new Route(
          "/broken",
          ctx -> {
            throw new IllegalStateException("a bug");
          }),
      new Route(
          "/busy",
          ctx -> {
            throw Problem.unavailable("busy", HEAD);
          })
    };
  }

  private static Guard guard(String... origins) {
    return new Guard(
        new Guard.Settings(List.of(), List.of(origins), Duration.ZERO, HEAD),
        RateLimits.none(),
        ctx -> false);
  }

  @Test
  void everyAnswerCarriesTheHeadersOfABrowsersProtection() throws Exception {
    try (Served served = new Served(Guard.open(), routes())) {
      assertSafe(served.send("GET", "/things"), 200);
      assertSafe(served.send("HEAD", "/things"), 200);
      assertSafe(served.send("GET", "/nothing"), 404);
      assertSafe(served.send("DELETE", "/things"), 405);
      assertSafe(served.send("OPTIONS", "/things"), 405);
      assertSafe(served.send("POST", "/things"), 405);
      assertSafe(served.send("GET", "/busy"), 503);
      assertSafe(served.send("GET", "/broken"), 500);
    }
  }

  @Test
  void whatJettyRefusesItselfCarriesThemToo() throws Exception {
    try (Served served = new Served(guard(PLAYER), routes())) {
      for (String request :
          List.of(
              "GET / HTTP/1.1\r\n\r\n",
              "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9_000) + "\r\n\r\n",
              "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
              "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
        String answer = served.untilClosed(request).toLowerCase(Locale.ROOT);
        ALWAYS.forEach(
            (name, value) ->
                assertThat(answer)
                    .containsOnlyOnce((name + ": " + value + "\r\n").toLowerCase(Locale.ROOT)));
        assertThat(answer).contains("application/problem+json").doesNotContain("server:");
      }
    }
  }

  @Test
  void aPageOfAnAllowedOriginMayReadAnswersAndErrors() throws Exception {
    try (Served served = new Served(guard("https://other.example", PLAYER), routes())) {
      for (String path : List.of("/things", "/nothing", "/broken", "/busy")) {
        HttpResponse<String> answer = served.send("GET", path, "Origin", PLAYER);
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(PLAYER);
        assertThat(header(answer, "Access-Control-Expose-Headers"))
            .contains("ETag", "Retry-After", "RateLimit-Remaining");
        assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
      }
    }
  }

  @Test
  void whoSendsTooManyIsToldHowLongToWait() throws Exception {
    Rate one = new Rate(1, Duration.ofMinutes(1), 1);
    Guard few =
        new Guard(
            new Guard.Settings(List.of(), List.of(), Duration.ZERO, HEAD),
            new RateLimits(
                new RateLimits.Settings(one, Rate.NONE, Rate.NONE, Rate.NONE, 10, List.of())),
            ctx -> false);
    try (Served served = new Served(few, routes())) {
      assertSafe(served.send("GET", "/things"), 200);
      HttpResponse<String> refused = served.send("GET", "/things");
      assertSafe(refused, 429);
      assertThat(header(refused, "Content-Type")).isEqualTo("application/problem+json");
      assertThat(Integer.parseInt(header(refused, "Retry-After"))).isBetween(1, 60);
    }
  }

  private static void assertSafe(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    ALWAYS.forEach(
        (name, value) -> assertThat(answer.headers().allValues(name)).containsExactly(value));
    assertThat(answer.headers().firstValue("Server")).isEmpty();
    assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
