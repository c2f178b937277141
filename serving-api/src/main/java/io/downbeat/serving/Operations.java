package io.downbeat.serving;

import io.downbeat.serving.http.Answers;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;

/** What whoever runs this process asks of it. Thread-safe. */
final class Operations {
  private static final Duration CONTRACT_MAX_AGE = Duration.ofMinutes(5);

  private final byte[] contract;
  private final String contractTag;
  private final Readiness readiness;
  private final PrometheusMeterRegistry meters;

  /**
   * @param contract the API's description, as JSON
   */
  Operations(byte[] contract, Readiness readiness, PrometheusMeterRegistry meters) {
    this.contract = contract.clone();
    this.contractTag = Answers.tag(contract);
    this.readiness = readiness;
    this.meters = meters;
  }

  void contract(Context ctx) {
    Answers.cacheable(ctx, contract, contractTag, CONTRACT_MAX_AGE);
  }

  void health(Context ctx) {
    Answers.fresh(ctx, 200, Map.of("status", "ok"));
  }

  void readiness(Context ctx) {
    Readiness.State state = readiness.state();
    Answers.fresh(ctx, state.ready() ? 200 : 503, state);
  }

  void metrics(Context ctx) {
    Answers.text(ctx, "text/plain; version=0.0.4; charset=utf-8", meters.scrape());
  }
}
