package io.downbeat.ingest;

import io.downbeat.ingest.http.HttpServer;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What those who run it ask. Thread-safe; asking costs nothing. */
final class Operations {

  /**
   * Something that it needs.
   *
   * @param obstacle what keeps it from doing its work; null if nothing does
   */
  record Part(String name, Supplier<@Nullable String> obstacle) {}

  private final PrometheusMeterRegistry meters;
  private final List<Part> parts;

  Operations(PrometheusMeterRegistry meters, List<Part> parts) {
    this.meters = meters;
    this.parts = List.copyOf(parts);
  }

  void health(Context ctx) {
    HttpServer.answer(ctx, 200, Map.of("status", "ok"));
  }

  void readiness(Context ctx) {
    boolean ready = true;
    Map<String, Object> states = new LinkedHashMap<>();
    for (Part part : parts) {
      String obstacle = part.obstacle().get();
      Map<String, Object> state = new LinkedHashMap<>();
      state.put("ready", obstacle == null);
      if (obstacle != null) {
        ready = false;
        state.put("detail", obstacle);
      }
      states.put(part.name(), state);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ready", ready);
    body.put("parts", states);
    HttpServer.answer(ctx, ready ? 200 : 503, body);
  }

  void metrics(Context ctx) {
    ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(meters.scrape());
  }
}
