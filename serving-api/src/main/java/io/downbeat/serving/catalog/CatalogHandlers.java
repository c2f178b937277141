package io.downbeat.serving.catalog;

import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Problem;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** {@code GET /v1/tracks|albums|artists/{id}}. Thread-safe. */
public final class CatalogHandlers {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

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
    answer(ctx, "track", catalog::findTrack, track -> Views.of(track, catalog));
  }

  public void album(Context ctx) {
    answer(ctx, "album", catalog::findAlbum, album -> Views.of(album, catalog));
  }

  public void artist(Context ctx) {
    answer(ctx, "artist", catalog::findArtist, Views::of);
  }

  private <T> void answer(Context ctx, String what, Find<T> find, View<T> view) {
    UUID id = Ids.id(ctx);
    try {
      T found =
          find.by(id)
              .orElseThrow(
                  () ->
                      Problem.unknown("id", id.toString(), "There is no " + what + " of this id"));
      Answers.cacheable(ctx, view.of(found), maxAge);
    } catch (CatalogStore.NotReadyException e) {
      throw Problem.unavailable(
          "The catalogue cannot be read at the moment: " + e.getMessage(), RETRY_AFTER);
    }
  }
}
