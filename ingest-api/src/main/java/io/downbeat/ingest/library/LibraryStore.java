package io.downbeat.ingest.library;

import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * The lists of all listeners. What is asked for again changes nothing and is answered the same.
 * Futures fail with {@link Problem}: 409 if a list would be too long, 410 if the account is
 * deleted, else as {@link OwnedState} says. Thread-safe; it never blocks.
 */
public final class LibraryStore {

  /**
   * @param added by this call, as far as it is known: what an unclear write did counts as present
   * @param present before
   */
  record Imported(int added, int present) {
    Imported plus(int moreAdded, int morePresent) {
      return new Imported(added + moreAdded, present + morePresent);
    }
  }

  private final OwnedState state;
  private final OwnedTable table;
  private final Clock clock;

  /**
   * @param table {@code library}
   */
  public LibraryStore(OwnedState state, OwnedTable table, Clock clock) {
    this.state = state;
    this.table = table;
    this.clock = clock;
  }

  /** Since when it is in the list. */
  CompletableFuture<Instant> add(UUID user, LibraryList list, UUID id) {
    Instant now = now();
    return add(user, list, Map.of(id, now), now).thenApply(before -> before.getOrDefault(id, now));
  }

  /** Completes once it is not in the list. */
  CompletableFuture<Void> remove(UUID user, LibraryList list, UUID id) {
    Instant now = now();
    return state
        .change(
            table, user, Library.reading(user, list, List.of(id)), found -> found.remove(id, now))
        .thenApply(wasThere -> null);
  }

  /**
   * Adds some at a time, in this order. If that fails, those before are in the list; the problem
   * says how many.
   *
   * @param things with their times, to the millisecond
   */
  CompletableFuture<Imported> addAll(UUID user, LibraryList list, Map<UUID, Instant> things) {
    return addAll(user, list, chunks(things).iterator(), new Imported(0, 0));
  }

  private CompletableFuture<Imported> addAll(
      UUID user, LibraryList list, Iterator<Map<UUID, Instant>> chunks, Imported before) {
    if (!chunks.hasNext()) {
      return CompletableFuture.completedFuture(before);
    }
    Map<UUID, Instant> chunk = chunks.next();
    return add(user, list, chunk, now())
        .handle(
            (present, failure) -> {
              if (failure != null) {
                return CompletableFuture.<Imported>failedFuture(counted(failure, before));
              }
              Imported after = before.plus(chunk.size() - present.size(), present.size());
              return addAll(user, list, chunks, after);
            })
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Map<UUID, Instant>> add(
      UUID user, LibraryList list, Map<UUID, Instant> things, Instant now) {
    return state.change(
        table, user, Library.reading(user, list, things.keySet()), found -> found.add(things, now));
  }

  /**
   * Takes away all that a listener has in lists, for good: nothing can be added any more. May be
   * asked for again, and then goes on where it ended.
   */
  public CompletableFuture<Void> removeAll(UUID user) {
    Instant now = now();
    return state
        .change(table, user, Remains.reading(user), found -> found.remove(now))
        .thenCompose(
            more -> more ? removeAll(user) : CompletableFuture.<Void>completedFuture(null));
  }

  private static List<Map<UUID, Instant>> chunks(Map<UUID, Instant> things) {
    List<Map<UUID, Instant>> chunks = new ArrayList<>();
    Map<UUID, Instant> chunk = new LinkedHashMap<>();
    for (Map.Entry<UUID, Instant> thing : things.entrySet()) {
      chunk.put(thing.getKey(), thing.getValue());
      if (chunk.size() == LibraryRows.MOST_AT_ONCE) {
        chunks.add(chunk);
        chunk = new LinkedHashMap<>();
      }
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    return chunks;
  }

  private static Throwable counted(Throwable failure, Imported before) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof Problem problem
        ? problem.with("added", before.added()).with("present", before.present())
        : cause;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
