package io.downbeat.ingest;

import io.downbeat.ingest.http.HttpServer;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What those who run it ask. Thread-safe; asking costs nothing. */
final class Operations {

  /** What keeps a part from doing its work; null if nothing does. */
  interface Part extends Supplier<@Nullable String> {}

  private final PrometheusMeterRegistry meters;
  private final Part kafka;

  Operations(PrometheusMeterRegistry meters, Part kafka) {
    this.meters = meters;
    this.kafka = kafka;
  }

  void health(Context ctx) {
    HttpServer.answer(ctx, 200, Map.of("status", "ok"));
  }

  void readiness(Context ctx) {
    String obstacle = kafka.get();
    boolean ready = obstacle == null;
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("ready", ready);
    if (obstacle != null) {
      part.put("detail", obstacle);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ready", ready);
    body.put("parts", Map.of("kafka", part));
    HttpServer.answer(ctx, ready ? 200 : 503, body);
  }

  void metrics(Context ctx) {
    ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(meters.scrape());
  }
}
