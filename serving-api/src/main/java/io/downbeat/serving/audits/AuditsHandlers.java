package io.downbeat.serving.audits;

import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.javalin.http.Context;
import java.util.Set;

/** {@code GET /v1/audits/latest}. Thread-safe. */
public final class AuditsHandlers {
  private final AuditsStore store;
  private final Deferred deferred;

  public AuditsHandlers(AuditsStore store, Deferred deferred) {
    this.store = store;
    this.deferred = deferred;
  }

  public void latest(Context ctx) {
    Query.of(ctx.queryParamMap(), Set.of());
    deferred.answer(
        ctx,
        () ->
            store
                .latest()
                .thenApply(
                    audit ->
                        audit.orElseThrow(
                            () ->
                                Problem.notYet(
                                    "There was no audit yet: ./downbeat batch audit-counts makes one"))));
  }
}
