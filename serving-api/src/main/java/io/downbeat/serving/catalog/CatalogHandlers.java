package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Track;
import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** {@code GET /v1/tracks|albums|artists/{id}}, and {@code ?ids=} for many. Thread-safe. */
public final class CatalogHandlers {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final int MOST_IDS = 100;

  private interface Find<T> {
    Optional<T> by(UUID id) throws CatalogStore.NotReadyException;
  }

  private interface View<T> {
    Object of(T found) throws CatalogStore.NotReadyException;
  }

  private final CatalogStore catalog;
  private final Duration maxAge;

  /**
   * @param maxAge for how long a copy of an answer may be used unasked
   */
  public CatalogHandlers(CatalogStore catalog, Duration maxAge) {
    this.catalog = catalog;
    this.maxAge = maxAge;
  }

  public void track(Context ctx) {
    one(ctx, "track", catalog::findTrack, this::view);
  }

  public void album(Context ctx) {
    one(ctx, "album", catalog::findAlbum, this::view);
  }

  public void artist(Context ctx) {
    one(ctx, "artist", catalog::findArtist, Views::of);
  }

  public void tracks(Context ctx) {
    many(ctx, "tracks", catalog::findTrack, this::view);
  }

  public void albums(Context ctx) {
    many(ctx, "albums", catalog::findAlbum, this::view);
  }

  public void artists(Context ctx) {
    many(ctx, "artists", catalog::findArtist, Views::of);
  }

  private Object view(Track track) throws CatalogStore.NotReadyException {
    return Views.of(track, catalog);
  }

  private Object view(Album album) throws CatalogStore.NotReadyException {
    return Views.of(album, catalog);
  }

  private <T> void one(Context ctx, String what, Find<T> find, View<T> view) {
    UUID id = Ids.id(ctx);
    try {
      T found =
          find.by(id)
              .orElseThrow(
                  () ->
                      Problem.unknown("id", id.toString(), "There is no " + what + " of this id"));
      Answers.cacheable(ctx, view.of(found), maxAge);
    } catch (CatalogStore.NotReadyException e) {
      throw notReady(e);
    }
  }

  private <T> void many(Context ctx, String what, Find<T> find, View<T> view) {
    Set<UUID> ids = Ids.ids(Query.of(ctx.queryParamMap(), Set.of("ids")), MOST_IDS);
    List<Object> views = new ArrayList<>();
    List<UUID> unknown = new ArrayList<>();
    try {
      for (UUID id : ids) {
        Optional<T> found = find.by(id);
        if (found.isPresent()) {
          views.add(view.of(found.get()));
        } else {
          unknown.add(id);
        }
      }
    } catch (CatalogStore.NotReadyException e) {
      throw notReady(e);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(what, views);
    answer.put("unknown", unknown);
    Answers.cacheable(ctx, answer, maxAge);
  }

  public static Problem notReady(CatalogStore.NotReadyException e) {
    return Problem.unavailable(
        "The catalogue cannot be read at the moment: " + e.getMessage(), RETRY_AFTER);
  }
}
