package io.downbeat.serving.recommendations;

import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.downbeat.serving.recommendations.RecommendationsStore.Kind;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** {@code GET /v1/me/recommendations} and {@code GET /v1/tracks/{id}/similar}. Thread-safe. */
public final class RecommendationsHandlers {
  private static final int DEFAULT = 20;
  private static final int MOST = 50;

  private final RecommendationsStore store;
  private final TrackBriefs tracks;
  private final Listeners listeners;
  private final Deferred deferred;

  public RecommendationsHandlers(
      RecommendationsStore store, TrackBriefs tracks, Listeners listeners, Deferred deferred) {
    this.store = store;
    this.tracks = tracks;
    this.listeners = listeners;
    this.deferred = deferred;
  }

  public void recommendations(Context ctx) {
    UUID listener = listeners.of(ctx);
    Query query = Query.of(ctx.queryParamMap(), Set.of("kind", "limit"));
    Kind kind = kind(query.text("kind").orElse("home"));
    int limit = query.limit("limit", DEFAULT, MOST);
    deferred.answer(
        ctx,
        () ->
            store
                .forListener(listener, kind)
                .thenApply(recommended -> body(kind, recommended, limit)));
  }

  public void similar(Context ctx) {
    UUID track = Ids.id(ctx);
    int limit = Query.of(ctx.queryParamMap(), Set.of("limit")).limit("limit", DEFAULT, MOST);
    deferred.answer(
        ctx,
        () ->
            store.similarTo(track).thenApply(similar -> Map.of("tracks", briefs(similar, limit))));
  }

  private Map<String, Object> body(Kind kind, Recommended recommended, int limit) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("kind", kind.key());
    body.put("based_on", recommended.basedOn());
    body.put("tracks", briefs(recommended.tracks(), limit));
    return body;
  }

  private List<TrackBriefs.Brief> briefs(List<UUID> ids, int limit) {
    return ids.stream().limit(limit).map(tracks::of).toList();
  }

  private static Kind kind(String text) {
    return switch (text) {
      case "home" -> Kind.HOME;
      case "discover" -> Kind.DISCOVER;
      default -> throw Problem.invalid("kind", text, "kind is home or discover");
    };
  }
}
