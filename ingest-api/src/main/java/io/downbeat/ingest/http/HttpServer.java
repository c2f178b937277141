package io.downbeat.ingest.http;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RequestTimes;
import io.downbeat.access.http.TooManyRequestsException;
import io.downbeat.ingest.json.Json;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty, bounded everywhere, with problems as its only kind of error. Thread-safe. */
public final class HttpServer {

  /**
   * @param port 0 draws a free one
   * @param connections most at a time; further ones wait to be accepted
   * @param idle after which a connection on which nothing moves is closed
   * @param stop within which a request under way may end when the server stops
   */
  public record Settings(String host, int port, int connections, Duration idle, Duration stop) {}

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private final Javalin javalin;

  private HttpServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /** The threads of a server that is not started yet. */
  public static QueuedThreadPool threads(int most) {
    QueuedThreadPool threads = new QueuedThreadPool(most, Math.min(8, most), 60_000);
    threads.setName("http");
    return threads;
  }

  /** Unguarded. */
  public static HttpServer start(
      Settings settings, QueuedThreadPool threads, List<Route> routes, MeterRegistry meters) {
    return start(settings, threads, Guard.open(), routes, meters);
  }

  /**
   * @throws IllegalArgumentException if it cannot listen there
   */
  public static HttpServer start(
      Settings settings,
      QueuedThreadPool threads,
      Guard guard,
      List<Route> routes,
      MeterRegistry meters) {
    Javalin javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.http.asyncTimeout = 0; // Each handler bounds its own waiting.
              config.http.prefer405over404 = true;
              config.router.ignoreTrailingSlashes = false;
              config.http.compressionStrategy = io.javalin.compression.CompressionStrategy.NONE;
              config.jetty.threadPool = threads;
              config.jetty.modifyHttpConfiguration(guard::configure);
              config.jetty.modifyServer(server -> prepare(server, settings, guard));
              config.jetty.addConnector(
                  (server, http) ->
                      guard.connector(
                          server, http, settings.host(), settings.port(), settings.idle()));
              config.routes.before(guard::admit);
              routes.forEach(route -> add(config.routes, route));
              config.routes.after(RequestBody::drain);
              config.routes.exception(Problem.class, (problem, ctx) -> problem.answer(ctx));
              config.routes.exception(
                  TooManyRequestsException.class,
                  (e, ctx) -> Problem.tooMany(e.retryAfter()).answer(ctx));
              config.routes.exception(
                  HttpResponseException.class, (e, ctx) -> refuse(e, ctx, routes));
              config.routes.exception(Exception.class, HttpServer::fail);
              config.requestLogger.http(new RequestTimes(meters)::record);
            });
    try {
      return new HttpServer(javalin.start());
    } catch (JavalinBindException e) {
      throw new IllegalArgumentException(
          "Cannot listen on %s:%d: it is taken, or not allowed"
              .formatted(settings.host(), settings.port()),
          e);
    }
  }

  /** Every GET answers HEAD too; Javalin alone would answer 200 without asking the handler. */
  private static void add(RoutesConfig config, Route route) {
    config.addHttpHandler(route.method(), route.path(), route.handler());
    if (route.method().equals(HandlerType.GET)) {
      config.addHttpHandler(HandlerType.HEAD, route.path(), route.handler());
    }
  }

  public int port() {
    return javalin.port();
  }

  /** Takes in nothing more, and waits for what is under way, in bounded time. */
  public void stop() {
    javalin.stop();
  }

  private static void prepare(Server server, Settings settings, Guard guard) {
    server.setStopTimeout(settings.stop().toMillis());
    server.insertHandler(new GracefulHandler());
    server.addBean(new NetworkConnectionLimit(settings.connections(), server));
    server.setErrorHandler(new Problems(guard));
  }

  private static void refuse(HttpResponseException e, Context ctx, List<Route> routes) {
    Problem problem = new Problem(e.getStatus(), detail(e, ctx));
    if (e.getStatus() == 405) {
      problem =
          problem.withHeader(
              "Allow",
              routes.stream()
                  .filter(route -> fits(route.path(), ctx.path()))
                  .map(route -> route.method().name())
                  .collect(Collectors.joining(", ")));
    }
    problem.answer(ctx);
  }

  private static String detail(HttpResponseException e, Context ctx) {
    return switch (e.getStatus()) {
      case 404 -> "There is nothing at this path";
      case 405 -> ctx.req().getMethod() + " is not for this path";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static void fail(Exception e, Context ctx) {
    LOG.error("Cannot answer {} {}", ctx.req().getMethod(), RequestTimes.route(ctx), e);
    new Problem(500, "Something went wrong here").answer(ctx);
  }

  /** Where a part of the route's path is a name in braces, any part fits. */
  private static boolean fits(String route, String path) {
    String[] named = route.split("/", -1);
    String[] given = path.split("/", -1);
    return named.length == given.length
        && IntStream.range(0, named.length)
            .allMatch(i -> named[i].startsWith("{") || named[i].equals(given[i]));
  }

  /** What Jetty refuses before any route sees it. */
  private static final class Problems extends ErrorHandler {
    private final Guard guard;

    Problems(Guard guard) {
      this.guard = guard;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      int status = response.getStatus() == 0 ? 500 : response.getStatus();
      response.setStatus(status);
      guard.mark(request.getHeaders(), response.getHeaders());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
      response.write(true, ByteBuffer.wrap(Problem.body(status, null, Map.of())), callback);
      return true;
    }
  }

  /** A JSON answer. */
  public static void answer(Context ctx, int status, Object body) {
    ctx.status(status).contentType("application/json").result(Json.bytes(body));
  }
}
