package io.downbeat.access.http;

import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** How long requests take, by route and status: {@code http.server.requests}. Thread-safe. */
public final class RequestTimes {
  private static final Duration[] LATENCIES =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private record Kind(String route, int status) {}

  private final MeterRegistry meters;
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

  public RequestTimes(MeterRegistry meters) {
    this.meters = meters;
  }

  /** A request that was answered. */
  public void record(Context ctx, float millis) {
    timers
        .computeIfAbsent(new Kind(route(ctx), ctx.statusCode()), this::timer)
        .record((long) (millis * 1_000), TimeUnit.MICROSECONDS);
  }

  /** The path as it is declared; {@code other} if the request was none's. */
  public static String route(Context ctx) {
    Endpoint endpoint = ctx.endpoints().lastHttpEndpoint();
    return endpoint == null ? "other" : endpoint.path;
  }

  private Timer timer(Kind kind) {
    return Timer.builder("http.server.requests")
        .description("From the request's headers to its answer")
        .tag("route", kind.route())
        .tag("status", Integer.toString(kind.status()))
        .serviceLevelObjectives(LATENCIES)
        .register(meters);
  }
}
