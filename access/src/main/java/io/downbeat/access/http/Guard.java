package io.downbeat.access.http;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** What every request passes before its route, and what every answer carries. Thread-safe. */
public final class Guard {

  /**
   * @param trustedProxies networks of proxies whose {@code X-Forwarded-For} is believed
   * @param origins of web pages elsewhere that may use the API, such as https://player.example
   * @param hsts for which a browser that came by HTTPS comes by nothing else; zero says nothing
   * @param head within which a request's line and headers must have come, from their first byte
   */
  public record Settings(
      List<String> trustedProxies, List<String> origins, Duration hsts, Duration head) {
    public Settings {
      for (String origin : origins) {
        if (!origin.matches("https?://[a-z0-9.:\\[\\]-]+")) {
          throw new IllegalArgumentException(
              "Cannot allow origin '%s': expected one such as https://player.example"
                  .formatted(origin));
        }
      }
    }
  }

  private static final int HEADER_BYTES = 8 << 10;

  /**
   * Of the kernel, for each connection; what it may take by itself, thousand slow readers use up.
   */
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  private static final HttpCompliance STRICT =
      HttpCompliance.RFC9110.without(
          "strict",
          HttpCompliance.Violation.LF_HEADER_TERMINATION,
          HttpCompliance.Violation.LF_CHUNK_TERMINATION);

  private static final List<HttpField> ALWAYS =
      List.of(
          field("X-Content-Type-Options", "nosniff"),
          field("X-Frame-Options", "DENY"),
          field("Referrer-Policy", "no-referrer"),
          field("Cross-Origin-Resource-Policy", "same-origin"),
          field("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));

  private static final HttpField EXPOSED =
      field(
          "Access-Control-Expose-Headers",
          "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String ALLOWED_HEADERS =
      "Authorization, Content-Type, Downbeat-Sent-At, Downbeat-User, Idempotency-Key, If-Match,"
          + " If-None-Match";
  private static final String PREFLIGHT_SECONDS = "600";

  private final RateLimits limits;
  private final Predicate<Context> exempt;
  private final ClientAddress addresses;
  private final Set<String> origins;
  private final List<HttpField> fields = new ArrayList<>(ALWAYS);
  private final Duration head;

  /**
   * @param exempt whoever may send as many requests as it likes
   * @throws IllegalArgumentException naming what is no network
   */
  public Guard(Settings settings, RateLimits limits, Predicate<Context> exempt) {
    this.limits = limits;
    this.exempt = exempt;
    this.addresses = new ClientAddress(Networks.of(settings.trustedProxies()));
    this.origins = Set.copyOf(settings.origins());
    this.head = settings.head();
    if (!settings.hsts().isZero()) {
      fields.add(field("Strict-Transport-Security", "max-age=" + settings.hsts().toSeconds()));
    }
  }

  /** Without limits, without pages elsewhere, without proxies. */
  public static Guard open() {
    return new Guard(
        new Settings(List.of(), List.of(), Duration.ZERO, Duration.ofSeconds(10)),
        RateLimits.none(),
        ctx -> false);
  }

  /** What two servers in a row may read differently is refused, and heads are bounded. */
  public void configure(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setResponseHeaderSize(HEADER_BYTES);
    http.setHeaderCacheSize(0); // Behind a balancer each request of a connection is another's.
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setHttpCompliance(STRICT);
    http.addCustomizer(
        (request, headers) -> {
          PromptConnector.arrived(request);
          mark(request.getHeaders(), headers);
          return request;
        });
  }

  /**
   * @param idle after which a connection on which nothing moves is closed
   */
  public ServerConnector connector(
      Server server, HttpConfiguration http, String host, int port, Duration idle) {
    ServerConnector connector = new PromptConnector(server, new HttpConnectionFactory(http), head);
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(idle.toMillis());
    connector.setAcceptQueueSize(256);
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    return connector;
  }

  /**
   * Lets a request through to its route, or refuses it before its body is read.
   *
   * @throws TooManyRequestsException if its address sent too many
   * @throws HttpResponseException 405 if its method is none of HTTP's
   */
  public void admit(Context ctx) {
    if (!METHODS.contains(ctx.req().getMethod())) { // BEFORE is one to Javalin.
      throw new HttpResponseException(405);
    }
    if (exempt.test(ctx)) {
      RateLimits.exempt(ctx);
    }
    limits.address(ctx, addresses);
    if (isPreflight(ctx)) {
      ctx.status(204)
          .header("Access-Control-Allow-Methods", ALLOWED_METHODS)
          .header("Access-Control-Allow-Headers", ALLOWED_HEADERS)
          .header("Access-Control-Max-Age", PREFLIGHT_SECONDS)
          .skipRemainingHandlers();
    }
  }

  /**
   * Gives an answer the headers that all carry. They never allow credentials: a browser's page
   * sends its token itself.
   */
  public void mark(HttpFields request, HttpFields.Mutable answer) {
    fields.forEach(answer::put);
    if (origins.isEmpty()) {
      return;
    }
    answer.addCSV(HttpHeader.VARY, "Origin");
    String origin = request.get(HttpHeader.ORIGIN);
    if (origin != null && origins.contains(origin)) {
      answer.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      answer.put(EXPOSED);
    }
  }

  private boolean isPreflight(Context ctx) {
    String origin = ctx.header("Origin");
    return ctx.req().getMethod().equals("OPTIONS")
        && origin != null
        && origins.contains(origin)
        && ctx.header("Access-Control-Request-Method") != null;
  }

  private static HttpField field(String name, String value) {
    return new PreEncodedHttpField(name, value);
  }
}
