package io.downbeat.serving.http;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RequestTimes;
import io.downbeat.access.http.TooManyRequestsException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import io.javalin.http.staticfiles.StaticFileConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
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
public final class HttpServer implements AutoCloseable {

  /**
   * @param port 0 draws a free one
   * @param threads most that handle requests; one that waits for a store holds none
   * @param connections most at a time; further ones wait to be accepted
   * @param idle after which a connection on which nothing moves is closed
   * @param stop within which a request under way may end when the server stops
   */
  public record Settings(
      String host, int port, int threads, int connections, Duration idle, Duration stop) {}

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private final Javalin javalin;

  private HttpServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /** The threads of a server that is not started yet. */
  public static QueuedThreadPool threads(Settings settings) {
    QueuedThreadPool threads =
        new QueuedThreadPool(settings.threads(), Math.min(8, settings.threads()), 60_000);
    threads.setName("http");
    return threads;
  }

  /** Unguarded. */
  public static HttpServer start(
      Settings settings, QueuedThreadPool threads, List<Route> routes, MeterRegistry meters) {
    return start(settings, threads, Guard.open(), new Handler.Wrapper(), routes, meters);
  }

  /**
   * @param files takes what it has to answer itself, and leaves the rest to the routes
   */
  public static HttpServer start(
      Settings settings,
      QueuedThreadPool threads,
      Guard guard,
      Handler.Wrapper files,
      List<Route> routes,
      MeterRegistry meters) {
    return new HttpServer(
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.startup.showOldJavalinVersionWarning = false;
                  config.startup.startupWatcherEnabled = false;
                  config.http.asyncTimeout = 0; // Each handler bounds its own waiting.
                  config.http.prefer405over404 = true;
                  config.jetty.threadPool = threads;
                  config.jetty.modifyHttpConfiguration(guard::configure);
                  config.jetty.modifyServer(server -> prepare(server, settings, guard, files));
                  config.jetty.addConnector(
                      (server, http) ->
                          guard.connector(
                              server, http, settings.host(), settings.port(), settings.idle()));
                  config.routes.before(guard::admit);
                  config.staticFiles.add(HttpServer::site);
                  answer(config, routes);
                  config.requestLogger.http(new RequestTimes(meters)::record);
                })
            .start());
  }

  public int port() {
    return javalin.port();
  }

  /** Takes in nothing more, and waits for what is under way, in bounded time. */
  @Override
  public void close() {
    javalin.stop();
  }

  /** The player at {@code /}. It loads nothing from elsewhere. */
  private static void site(StaticFileConfig files) {
    files.directory = "/site";
    files.location = Location.CLASSPATH;
    files.headers =
        Map.of(
            "Cache-Control",
            "no-cache",
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                + " connect-src 'self'; media-src 'self' blob:; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'");
  }

  private static void answer(JavalinConfig config, List<Route> routes) {
    routes.forEach(
        route ->
            config.routes.get(route.path(), route.handler()).head(route.path(), route.handler()));
    config.routes.exception(Problem.class, Problem::answer);
    config.routes.exception(
        TooManyRequestsException.class, (e, ctx) -> Problem.tooMany(e.retryAfter()).answer(ctx));
    config.routes.exception(HttpResponseException.class, (e, ctx) -> refusal(e).answer(ctx));
    config.routes.exception(Exception.class, HttpServer::fail);
  }

  private static Problem refusal(HttpResponseException e) {
    return switch (e.getStatus()) {
      case 404 -> Problem.of(404, "There is nothing at this path");
      case 405 -> Problem.onlyReads();
      default -> Problem.of(e.getStatus(), String.valueOf(e.getMessage()));
    };
  }

  private static void fail(Exception e, Context ctx) {
    LOG.error("Cannot answer {} {}", ctx.req().getMethod(), RequestTimes.route(ctx), e);
    Problem.of(500, "Something went wrong here").answer(ctx);
  }

  private static void prepare(
      Server server, Settings settings, Guard guard, Handler.Wrapper files) {
    server.setStopTimeout(settings.stop().toMillis());
    server.insertHandler(files);
    server.insertHandler(new GracefulHandler());
    server.addBean(new NetworkConnectionLimit(settings.connections(), server));
    server.setErrorHandler(new Problems(guard));
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
      guard.mark(request.getHeaders(), response.getHeaders());
      Problem.write(response, status, Problem.body(status, null, Map.of()), callback);
      return true;
    }
  }
}
