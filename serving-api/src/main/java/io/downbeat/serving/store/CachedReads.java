package io.downbeat.serving.store;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Answers that are given again, for a short while, to whoever asks the same (cache-aside). Of those
 * who ask at once only the first one reads; the others wait with it, so a store gets at most one
 * query at a time for a key, and one in each {@link Settings#maxAge}. A read that fails fails for
 * all who waited for it, and is not kept.
 *
 * <p>Nobody who asks here is given less than what anybody was given here before: not of one key, as
 * its reads come one after the other, and not of keys that share rows. Each read has the number of
 * reads of the same rows that had ended when it began; what is kept is given only as long as none
 * but its own has ended since, else it is read anew. Rows are told apart by a hash: two that share
 * one are read now and then without need. Several processes know nothing of each other: who is sent
 * to another one may be given what is older by {@code maxAge}.
 *
 * <p>Thread-safe.
 *
 * @param <K> what is asked, with equality by value
 */
public final class CachedReads<K, V> {
  private static final int STRIPES = 1 << 14;
  private static final int ENTRY_BYTES = 400;

  /**
   * @param maxAge counted from when it was read; zero keeps nothing, but still joins reads
   * @param bytes that may be kept, as estimated
   */
  public record Settings(Duration maxAge, long bytes) {}

  private record Answer<V>(V value, long began, long ended) {
    /** Whether no other read of these rows had ended between its beginning and then. */
    boolean isNewest(long asked) {
      return asked <= began || (asked == ended && ended == began + 1);
    }
  }

  private final AsyncCache<K, Answer<V>> answers;
  private final Function<K, ?> rows;
  private final AtomicLongArray ended = new AtomicLongArray(STRIPES);

  /**
   * @param name of its figures in {@code meters}
   * @param rows names what is read for a key: equal for keys whose answers share rows
   * @param bytes of an answer in memory, roughly
   */
  public CachedReads(
      String name,
      Settings settings,
      Function<K, ?> rows,
      ToLongFunction<V> bytes,
      MeterRegistry meters) {
    this(name, settings, rows, bytes, meters, Ticker.systemTicker());
  }

  CachedReads(
      String name,
      Settings settings,
      Function<K, ?> rows,
      ToLongFunction<V> bytes,
      MeterRegistry meters,
      Ticker ticker) {
    this.rows = rows;
    this.answers =
        CaffeineCacheMetrics.monitor(
            meters,
            Caffeine.newBuilder()
                .expireAfterWrite(settings.maxAge())
                .maximumWeight(settings.bytes())
                .weigher((K key, Answer<V> answer) -> weight(bytes.applyAsLong(answer.value())))
                .recordStats()
                .executor(Runnable::run)
                .ticker(ticker)
                .<K, Answer<V>>buildAsync(),
            name);
  }

  /**
   * @param read must not block
   */
  public CompletionStage<V> get(K key, Supplier<CompletionStage<V>> read) {
    int stripe = stripe(key);
    long asked = ended.get(stripe);
    CompletableFuture<Answer<V>> known = answer(key, stripe, read);
    return known.thenCompose(
        answer -> {
          if (answer.isNewest(asked)) {
            return CompletableFuture.completedFuture(answer.value());
          }
          answers.asMap().remove(key, known);
          return answer(key, stripe, read).thenApply(Answer::value);
        });
  }

  private CompletableFuture<Answer<V>> answer(
      K key, int stripe, Supplier<CompletionStage<V>> read) {
    return answers.get(
        key,
        (missing, executor) -> {
          long began = ended.get(stripe);
          return read.get()
              .thenApply(value -> new Answer<>(value, began, ended.incrementAndGet(stripe)))
              .toCompletableFuture();
        });
  }

  private int stripe(K key) {
    int hash = rows.apply(key).hashCode();
    return (hash ^ (hash >>> 16)) & (STRIPES - 1);
  }

  private static int weight(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, ENTRY_BYTES + bytes);
  }
}
