package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Problem;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/counts/…}. No thread waits for the store. Thread-safe. */
public final class CountsHandlers {

  private static final Map<String, CountedKind> KINDS =
      Map.of(
          "tracks", CountedKind.TRACK,
          "artists", CountedKind.ARTIST,
          "albums", CountedKind.ALBUM,
          "genres", CountedKind.GENRE);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final CountsStore store;
  private final Clock clock;
  private final Executor executor;

  /**
   * @param executor writes the answers; the store's own threads only read
   */
  public CountsHandlers(CountsStore store, Clock clock, Executor executor) {
    this.store = store;
    this.clock = clock;
    this.executor = executor;
  }

  /** {@code /v1/counts/{kind}/{id}}. */
  public void ofThing(Context ctx) {
    String path = ctx.pathParam("kind");
    CountedKind kind = KINDS.get(path);
    if (kind == null) {
      throw Problem.unknown(
          "kind", path, "There are counts of tracks, artists, albums, genres and everything");
    }
    answer(ctx, kind, Ids.id(ctx));
  }

  /** {@code /v1/counts/everything}. */
  public void ofEverything(Context ctx) {
    answer(ctx, CountedKind.EVERYTHING, CountedKind.EVERYTHING_ID);
  }

  private void answer(Context ctx, CountedKind kind, UUID id) {
    CountsRequest request = CountsRequest.of(ctx.queryParamMap(), Instant.now(clock));
    ctx.future(
        () ->
            read(request, kind, id)
                .handleAsync(CountsHandlers::orProblem, executor)
                .thenAccept(body -> Answers.fresh(ctx, 200, body))
                .toCompletableFuture());
  }

  private CompletionStage<Map<String, Object>> read(
      CountsRequest request, CountedKind kind, UUID id) {
    if (request instanceof CountsRequest.Buckets asked) {
      return store
          .buckets(kind, id, asked.period())
          .thenApply(buckets -> body(kind, id, asked.period(), buckets));
    }
    return store.total(kind, id).thenApply(total -> body(kind, id, total));
  }

  static Map<String, Object> body(CountedKind kind, UUID id, Period period, List<Bucket> buckets) {
    Map<String, Object> body = head(kind, id, period.granularity().key());
    body.put("from", period.from());
    body.put("to", period.to());
    body.put("buckets", buckets.stream().map(CountsHandlers::body).toList());
    return body;
  }

  static Map<String, Object> body(CountedKind kind, UUID id, Measures total) {
    Map<String, Object> body = head(kind, id, "all");
    body.put("totals", total.byName());
    return body;
  }

  private static Map<String, Object> body(Bucket bucket) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("start", bucket.start());
    body.putAll(bucket.measures().byName());
    return body;
  }

  private static Map<String, Object> head(CountedKind kind, UUID id, String granularity) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("kind", kind.key());
    body.put("id", id);
    body.put("granularity", granularity);
    return body;
  }

  private static Map<String, Object> orProblem(
      @Nullable Map<String, Object> body, @Nullable Throwable failure) {
    if (body != null) {
      return body;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CountsUnavailableException) {
      throw Problem.unavailable(String.valueOf(cause.getMessage()), RETRY_AFTER);
    }
    throw new CompletionException(cause);
  }
}
