package io.downbeat.serving.search;

import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Puts entries into an index, several at a time. Used by one thread. */
final class Indexing implements AutoCloseable {
  private static final int PAGE = 1_000;

  /** Parts of all ids, by their first four bits. */
  private static final int PARTS = 16;

  /** Of heap for each artist, and each album, that is kept while everything is put in. */
  private static final long HEAP_FOR_KEPT = 4_096;

  private final Entries entries;
  private final int threads;
  private final ExecutorService executor;
  private final AtomicLong made = new AtomicLong();

  Indexing(Entries entries, int threads) {
    this.entries = entries;
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "search-index");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Of an index that is being built; 0 if none is. */
  long made() {
    return made.get();
  }

  /**
   * Everything that there is, into an empty index.
   *
   * @param closed ends it early
   */
  void addAll(SearchIndex index, CountDownLatch closed)
      throws NotReadyException, IOException, InterruptedException {
    Entries once = entries.keeping(Runtime.getRuntime().maxMemory() / HEAP_FOR_KEPT);
    List<Callable<Void>> parts = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int part = 0; part < PARTS; part++) {
        int first = part;
        parts.add(() -> add(index, once, kind, first, closed));
      }
    }
    try {
      run(parts);
    } finally {
      made.set(0);
    }
  }

  private @Nullable Void add(
      SearchIndex index, Entries once, Kind kind, int part, CountDownLatch closed)
      throws NotReadyException, IOException {
    UUID after = part == 0 ? null : new UUID(((long) part << 60) - 1, -1);
    while (closed.getCount() > 0) {
      List<Card> cards = once.after(kind, after, PAGE);
      for (Card card : cards) {
        if (card.id().getMostSignificantBits() >>> 60 != part) {
          return null;
        }
        index.add(once.entry(card));
        made.incrementAndGet();
      }
      if (cards.size() < PAGE) {
        return null;
      }
      after = cards.get(cards.size() - 1).id();
    }
    return null;
  }

  /** The entries of these ids as they are now, in the place of what there was of them. */
  void putAll(SearchIndex index, List<UUID> ids)
      throws NotReadyException, IOException, InterruptedException {
    List<Callable<Void>> parts = new ArrayList<>();
    int part = Math.max(1, (ids.size() + threads - 1) / threads);
    for (int from = 0; from < ids.size(); from += part) {
      List<UUID> some = ids.subList(from, Math.min(ids.size(), from + part));
      parts.add(() -> put(index, some));
    }
    run(parts);
  }

  private @Nullable Void put(SearchIndex index, List<UUID> ids)
      throws NotReadyException, IOException {
    for (UUID id : ids) {
      Optional<Entry> entry = entries.find(id);
      if (entry.isPresent()) {
        index.put(entry.get());
      } else {
        index.delete(id);
      }
    }
    return null;
  }

  private void run(List<Callable<Void>> parts)
      throws NotReadyException, IOException, InterruptedException {
    List<Future<Void>> all = executor.invokeAll(parts);
    for (Future<Void> each : all) {
      try {
        each.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof NotReadyException notReady) {
          throw notReady;
        }
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
        throw new IllegalStateException("Cannot make entries of the index", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
