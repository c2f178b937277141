package io.downbeat.serving.recent;

import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Query;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** {@code GET /v1/me/recent}. Thread-safe. */
public final class RecentHandlers {
  private static final int PAGE = 50;
  private static final int LARGEST_PAGE = 200;

  private record Item(UUID playId, Instant startedAt, long playedMillis, TrackBriefs.Brief track) {}

  private final RecentStore store;
  private final TrackBriefs tracks;
  private final Listeners listeners;
  private final Deferred deferred;

  public RecentHandlers(
      RecentStore store, TrackBriefs tracks, Listeners listeners, Deferred deferred) {
    this.store = store;
    this.tracks = tracks;
    this.listeners = listeners;
    this.deferred = deferred;
  }

  public void recent(Context ctx) {
    UUID listener = listeners.of(ctx);
    Query query = Query.of(ctx.queryParamMap(), Set.of("limit", "cursor"));
    int limit = query.limit("limit", PAGE, LARGEST_PAGE);
    Optional<Cursor> before = query.text("cursor").map(Cursor::parse);
    deferred.answer(
        ctx, () -> store.plays(listener, before, limit).thenApply(plays -> body(plays, limit)));
  }

  private Map<String, Object> body(List<RecentPlay> plays, int limit) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "plays",
        plays.stream()
            .map(
                play ->
                    new Item(
                        play.playId(),
                        play.startedAt(),
                        play.playedMillis(),
                        tracks.of(play.trackId())))
            .toList());
    body.put(
        "next_cursor",
        plays.size() < limit ? null : Cursor.of(plays.get(plays.size() - 1)).toString());
    return body;
  }
}
