package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Fans;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Problem;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/counts/…}. Thread-safe. */
public final class CountsHandlers {

  private static final Map<String, CountedKind> KINDS =
      Map.of(
          "tracks", CountedKind.TRACK,
          "artists", CountedKind.ARTIST,
          "albums", CountedKind.ALBUM,
          "genres", CountedKind.GENRE,
          "users", CountedKind.USER);

  private final CountsStore store;
  private final Clock clock;
  private final Deferred deferred;

  public CountsHandlers(CountsStore store, Clock clock, Deferred deferred) {
    this.store = store;
    this.clock = clock;
    this.deferred = deferred;
  }

  /** {@code /v1/counts/{kind}/{id}}. */
  public void ofThing(Context ctx) {
    String path = ctx.pathParam("kind");
    CountedKind kind = KINDS.get(path);
    if (kind == null) {
      throw Problem.unknown(
          "kind",
          path,
          "There are counts of tracks, artists, albums, genres, users and everything");
    }
    answer(ctx, kind, Ids.id(ctx));
  }

  /** {@code /v1/counts/everything}. */
  public void ofEverything(Context ctx) {
    answer(ctx, CountedKind.EVERYTHING, CountedKind.EVERYTHING_ID);
  }

  private void answer(Context ctx, CountedKind kind, UUID id) {
    CountsRequest request = CountsRequest.of(ctx.queryParamMap(), Instant.now(clock));
    if (kind == CountedKind.USER && request instanceof CountsRequest.Buckets asked) {
      throw Problem.invalid(
          "granularity",
          asked.period().granularity().key(),
          "granularity of users is all: they have followers, who are counted as of now");
    }
    deferred.answer(ctx, () -> read(request, kind, id));
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
    body.put(
        "buckets", buckets.stream().map(bucket -> body(period.granularity(), bucket)).toList());
    return body;
  }

  static Map<String, Object> body(CountedKind kind, UUID id, Measures total) {
    Map<String, Object> body = head(kind, id, "all");
    Map<String, Long> totals = new LinkedHashMap<>();
    if (kind != CountedKind.USER) {
      totals.putAll(total.byName());
      totals.put(UniqueListeners.KEY, total.listeners());
    }
    Fans.of(kind).ifPresent(fans -> totals.put(fans.key(), total.fans()));
    body.put("totals", totals);
    return body;
  }

  /** Listeners are counted by day, not by hour. */
  private static Map<String, Object> body(Granularity granularity, Bucket bucket) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("start", bucket.start());
    body.putAll(bucket.measures().byName());
    if (granularity == Granularity.DAY) {
      body.put(UniqueListeners.KEY, bucket.measures().listeners());
    }
    return body;
  }

  private static Map<String, Object> head(CountedKind kind, UUID id, String granularity) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("kind", kind.key());
    body.put("id", id);
    body.put("granularity", granularity);
    return body;
  }
}
