package io.downbeat.ingest.http;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.access.http.Guard;
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
      new Route(GET, "/things", ctx -> ctx.header("ETag", "\"1\"").result("{}")),
      new Route(
          GET,
          "/broken",
          ctx -> {
            throw new IllegalStateException("a bug");
          }),
      new Route(
          POST,
          "/things",
          ctx -> ctx.future(() -> RequestBody.read(ctx.req(), 10, HEAD).thenAccept(ctx::result))),
      new Route(
          GET,
          "/busy",
          ctx -> {
            throw Problem.tooMuch("busy");
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
      assertSafe(served.send("GET", "/things", ""), 200);
      assertSafe(served.send("HEAD", "/things", ""), 200);
      assertSafe(served.send("GET", "/nothing", ""), 404);
      assertSafe(served.send("DELETE", "/things", ""), 405);
      assertSafe(served.send("OPTIONS", "/things", ""), 405);
      assertSafe(served.send("POST", "/things", "x".repeat(11)), 413);
      assertSafe(served.send("GET", "/busy", ""), 429);
      assertSafe(served.send("GET", "/broken", ""), 500);
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
  void httpsOnlyIsSaidWhereItIsSet() throws Exception {
    try (Served open = new Served(Guard.open(), routes());
        Served https =
            new Served(
                new Guard(
                    new Guard.Settings(List.of(), List.of(), Duration.ofDays(365), HEAD),
                    RateLimits.none(),
                    ctx -> false),
                routes())) {
      assertThat(header(open.send("GET", "/things", ""), "Strict-Transport-Security")).isEmpty();
      assertThat(header(https.send("GET", "/things", ""), "Strict-Transport-Security"))
          .isEqualTo("max-age=31536000");
    }
  }

  @Test
  void withoutOriginsNoPageElsewhereIsLetIn() throws Exception {
    try (Served served = new Served(Guard.open(), routes())) {
      HttpResponse<String> answer = served.send("GET", "/things", "", "Origin", PLAYER);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertNoOrigin(answer);
      assertThat(header(answer, "Vary")).isEmpty();
      assertNoOrigin(preflight(served, "/things", PLAYER));
    }
  }

  @Test
  void aPageOfAnAllowedOriginMayReadAnswersAndErrors() throws Exception {
    try (Served served = new Served(guard("https://other.example", PLAYER), routes())) {
      for (String path : List.of("/things", "/nothing", "/broken", "/busy")) {
        HttpResponse<String> answer = served.send("GET", path, "", "Origin", PLAYER);
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(PLAYER);
        assertThat(header(answer, "Access-Control-Expose-Headers"))
            .contains("ETag", "Retry-After", "RateLimit-Remaining");
        assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
      }
    }
  }

  @Test
  void aPreflightIsAnsweredForEveryPathBecauseTheOtherAppMayHaveIt() throws Exception {
    try (Served served = new Served(guard(PLAYER), routes())) {
      for (String path : List.of("/things", "/v1/somewhere/else")) {
        HttpResponse<String> answer = preflight(served, path, PLAYER);
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(PLAYER);
        assertThat(header(answer, "Access-Control-Allow-Methods"))
            .isEqualTo("GET, HEAD, POST, PUT, PATCH, DELETE");
        assertThat(header(answer, "Access-Control-Allow-Headers"))
            .contains("Authorization", "Content-Type", "Idempotency-Key", "Downbeat-User");
        assertThat(header(answer, "Access-Control-Max-Age")).isEqualTo("600");
        assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
      }
    }
  }

  @Test
  void otherOriginsAreNotLetInAndTheirAnswersNotMixedUp() throws Exception {
    try (Served served = new Served(guard(PLAYER), routes())) {
      for (String origin :
          List.of(
              "https://player.example.evil", "http://player.example", "null", "*", PLAYER + ":1")) {
        HttpResponse<String> answer = served.send("GET", "/things", "", "Origin", origin);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertNoOrigin(answer);
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
        assertNoOrigin(preflight(served, "/things", origin));
        assertThat(preflight(served, "/things", origin).statusCode()).isEqualTo(405);
      }
      assertThat(header(served.send("GET", "/things", ""), "Vary")).isEqualTo("Origin");
    }
  }

  @Test
  void whatIsNoOriginIsRefusedByName() {
    for (String junk :
        List.of("*", "player.example", "https://player.example/", "https://*.example")) {
      assertThatThrownBy(() -> guard(junk))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + junk + "'");
    }
  }

  private static HttpResponse<String> preflight(Served served, String path, String origin)
      throws Exception {
    return served.send(
        "OPTIONS",
        path,
        "",
        "Origin",
        origin,
        "Access-Control-Request-Method",
        "PUT",
        "Access-Control-Request-Headers",
        "authorization,content-type");
  }

  private static void assertSafe(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    ALWAYS.forEach(
        (name, value) -> assertThat(answer.headers().allValues(name)).containsExactly(value));
    assertThat(answer.headers().firstValue("Server")).isEmpty();
    assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
  }

  private static void assertNoOrigin(HttpResponse<String> answer) {
    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
