package io.downbeat.ingest.library;

import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.Capacity;
import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.Ids;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.http.RequestBody;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.schemas.avro.LibraryList;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/me/likes}, {@code /v1/me/following} and {@code /v1/me/hidden}: answered once it is so.
 * No thread waits. Thread-safe.
 */
public final class LibraryHandler {
  private record Entry(UUID id, String addedAt) {}

  private static final int MOST_BYTES = 1 << 20;

  /** Of imports that are not answered yet, of which each takes twice its body. */
  private static final long MOST_BYTES_AT_ONCE = 16 << 20;

  private static final Duration READ = Duration.ofSeconds(15);

  /** Beyond the store's own patience, and a queue of changes before it. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration IMPORT_PATIENCE = Duration.ofSeconds(45);

  private static final Map<String, LibraryList> FOLLOWED =
      Map.of("artists", LibraryList.FOLLOWED_ARTISTS, "users", LibraryList.FOLLOWED_USERS);
  private static final Map<String, LibraryList> HIDDEN =
      Map.of("tracks", LibraryList.HIDDEN_TRACKS, "artists", LibraryList.HIDDEN_ARTISTS);

  private final Callers callers;
  private final LibraryStore store;
  private final Executor executor;
  private final Clock clock;
  private final Capacity capacity = new Capacity(MOST_BYTES_AT_ONCE);

  /**
   * @param executor parses and answers
   */
  public LibraryHandler(Callers callers, LibraryStore store, Executor executor, Clock clock) {
    this.callers = callers;
    this.store = store;
    this.executor = executor;
    this.clock = clock;
  }

  public void like(Context ctx) {
    add(ctx, callers.user(ctx), LibraryList.LIKED_TRACKS, Ids.inPath(ctx, "track"));
  }

  public void unlike(Context ctx) {
    remove(ctx, callers.user(ctx), LibraryList.LIKED_TRACKS, Ids.inPath(ctx, "track"));
  }

  public void follow(Context ctx) {
    UUID user = callers.user(ctx);
    LibraryList list = list(ctx, FOLLOWED, "artists or users");
    UUID id = Ids.inPath(ctx, "id");
    if (list == LibraryList.FOLLOWED_USERS && id.equals(user)) {
      throw Problem.invalid(new Refusal("id", id.toString(), "someone else"));
    }
    add(ctx, user, list, id);
  }

  public void unfollow(Context ctx) {
    UUID user = callers.user(ctx);
    remove(ctx, user, list(ctx, FOLLOWED, "artists or users"), Ids.inPath(ctx, "id"));
  }

  public void hide(Context ctx) {
    UUID user = callers.user(ctx);
    add(ctx, user, list(ctx, HIDDEN, "tracks or artists"), Ids.inPath(ctx, "id"));
  }

  public void unhide(Context ctx) {
    UUID user = callers.user(ctx);
    remove(ctx, user, list(ctx, HIDDEN, "tracks or artists"), Ids.inPath(ctx, "id"));
  }

  /** Of likes. */
  public void importLikes(Context ctx) {
    UUID user = callers.user(ctx);
    RequestBody.require(ctx.req(), "application/json");
    Capacity.Share share = capacity.take(2 * RequestBody.claim(ctx.req(), MOST_BYTES));
    ctx.future(() -> importLikes(ctx, user, share));
  }

  private CompletableFuture<Void> importLikes(Context ctx, UUID user, Capacity.Share share) {
    CompletableFuture<LibraryStore.Imported> imported =
        RequestBody.read(ctx.req(), MOST_BYTES, READ)
            .thenApplyAsync(body -> LikesRequest.read(body, now()), executor)
            .thenCompose(request -> store.addAll(user, LibraryList.LIKED_TRACKS, request.likes()));
    imported.whenComplete((done, failure) -> share.close());
    return answer(imported, IMPORT_PATIENCE, answer -> HttpServer.answer(ctx, 200, answer));
  }

  private void add(Context ctx, UUID user, LibraryList list, UUID id) {
    ctx.future(
        () ->
            answer(
                store.add(user, list, id),
                PATIENCE,
                addedAt -> HttpServer.answer(ctx, 200, new Entry(id, addedAt.toString()))));
  }

  private void remove(Context ctx, UUID user, LibraryList list, UUID id) {
    ctx.future(
        () ->
            answer(
                store.remove(user, list, id).thenApply(done -> true),
                PATIENCE,
                done -> ctx.status(204)));
  }

  private <T> CompletableFuture<Void> answer(
      CompletableFuture<T> changed, Duration patience, Consumer<T> answer) {
    return changed
        .copy()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(LibraryHandler::known, executor)
        .thenAccept(answer);
  }

  /** The answer, or what Javalin makes one of. */
  private static <T> T known(@Nullable T answer, @Nullable Throwable failure) {
    if (answer != null) {
      return answer;
    }
    if (failure instanceof TimeoutException) {
      throw Problem.unavailable(
          "The database did not answer in time. The change may have been made; send it again");
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  private static LibraryList list(Context ctx, Map<String, LibraryList> kinds, String rule) {
    String kind = ctx.pathParam("kind");
    LibraryList list = kinds.get(kind);
    if (list == null) {
      throw Problem.invalid(new Refusal("kind", kind, rule));
    }
    return list;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
