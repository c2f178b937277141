package io.downbeat.serving.library;

import io.downbeat.schemas.avro.Artist;
import io.downbeat.serving.catalog.CatalogStore;
import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.catalog.Views;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Query;
import io.downbeat.serving.library.LibraryStore.Kept;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The lists of {@code /v1/me}: likes, whom one follows, what one hides. Thread-safe. */
public final class LibraryHandlers {
  private static final int PAGE = 50;
  private static final int LARGEST_PAGE = 100;
  private static final int MOST_IDS = 50;

  private record TrackItem(
      UUID id,
      Instant addedAt,
      @Nullable String title,
      List<Views.NamedArtist> artists,
      Views.@Nullable NamedAlbum album) {}

  private record ArtistItem(UUID id, Instant addedAt, @Nullable String name) {}

  private record UserItem(UUID id, Instant addedAt) {}

  private final LibraryStore store;
  private final CatalogStore catalog;
  private final TrackBriefs tracks;
  private final Listeners listeners;
  private final Deferred deferred;

  public LibraryHandlers(
      LibraryStore store,
      CatalogStore catalog,
      TrackBriefs tracks,
      Listeners listeners,
      Deferred deferred) {
    this.store = store;
    this.catalog = catalog;
    this.tracks = tracks;
    this.listeners = listeners;
    this.deferred = deferred;
  }

  public void likes(Context ctx) {
    page(ctx, Kept.LIKED_TRACKS, this::track);
  }

  public void followedArtists(Context ctx) {
    page(ctx, Kept.FOLLOWED_ARTISTS, this::artist);
  }

  public void followedUsers(Context ctx) {
    page(ctx, Kept.FOLLOWED_USERS, item -> new UserItem(item.id(), item.addedAt()));
  }

  public void hiddenTracks(Context ctx) {
    page(ctx, Kept.HIDDEN_TRACKS, this::track);
  }

  public void hiddenArtists(Context ctx) {
    page(ctx, Kept.HIDDEN_ARTISTS, this::artist);
  }

  public void likesContains(Context ctx) {
    UUID listener = listeners.of(ctx);
    Set<UUID> ids = Ids.ids(Query.of(ctx.queryParamMap(), Set.of("ids")), MOST_IDS);
    deferred.answerPersonal(
        ctx,
        () ->
            store
                .contained(listener, Kept.LIKED_TRACKS, ids)
                .thenApply(
                    liked -> Map.of("liked", ids.stream().filter(liked::contains).toList())));
  }

  private void page(Context ctx, Kept list, Function<KeptItem, Object> view) {
    UUID listener = listeners.of(ctx);
    Query query = Query.of(ctx.queryParamMap(), Set.of("limit", "cursor"));
    int limit = query.limit("limit", PAGE, LARGEST_PAGE);
    Optional<KeptItem> after = query.text("cursor").map(KeptItem::parse);
    deferred.answerPersonal(
        ctx,
        () ->
            store.items(listener, list, after, limit).thenApply(items -> body(items, limit, view)));
  }

  private static Map<String, Object> body(
      List<KeptItem> items, int limit, Function<KeptItem, Object> view) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("items", items.stream().map(view).toList());
    body.put("next_cursor", items.size() < limit ? null : items.get(items.size() - 1).cursor());
    return body;
  }

  private Object track(KeptItem item) {
    TrackBriefs.Brief brief = tracks.of(item.id());
    return new TrackItem(item.id(), item.addedAt(), brief.title(), brief.artists(), brief.album());
  }

  private Object artist(KeptItem item) {
    return new ArtistItem(item.id(), item.addedAt(), nameOfArtist(item.id()));
  }

  private @Nullable String nameOfArtist(UUID id) {
    try {
      return catalog.findArtist(id).map(Artist::getName).orElse(null);
    } catch (CatalogStore.NotReadyException e) {
      return null; // Its name is worth no waiting: the list itself is there.
    }
  }
}
