package io.downbeat.access;

import java.security.PublicKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in table {@code token_keys}, as of some seconds ago: read every ten seconds, and once a
 * second at most when a token names one that is not known. While they cannot be read, those that
 * were read last count on. Thread-safe.
 */
public final class TokenKeys implements PublicKeys, AutoCloseable {

  /** The rows of the table: {@code public_key} by {@code kid}. It must end in bounded time. */
  @FunctionalInterface
  public interface Rows {
    CompletionStage<Map<String, String>> read();
  }

  private static final Logger LOG = LoggerFactory.getLogger(TokenKeys.class);
  private static final Duration REFRESH = Duration.ofSeconds(10);
  private static final Duration AT_MOST_EACH = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** One reading of all keys, and when it began. */
  private record Reading(CompletableFuture<Map<String, PublicJwk>> keys, long began) {}

  private final Rows rows;
  private final Supplier<Long> nanoTime;
  private final ScheduledExecutorService refreshing =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "token-keys");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Map<String, PublicJwk> known;
  private @Nullable Reading latest;

  TokenKeys(Rows rows, Supplier<Long> nanoTime) {
    this.rows = rows;
    this.nanoTime = nanoTime;
  }

  /** Reads in the background, from now on. */
  public static TokenKeys refreshed(Rows rows) {
    TokenKeys keys = new TokenKeys(rows, System::nanoTime);
    keys.refreshing.scheduleWithFixedDelay(
        keys::reading, 0, REFRESH.toMillis(), TimeUnit.MILLISECONDS);
    return keys;
  }

  @Override
  public Optional<PublicKey> find(String kid) {
    Map<String, PublicJwk> before = known;
    if (before != null && before.containsKey(kid)) {
      return Optional.of(before.get(kid).key());
    }
    return Optional.ofNullable(read().get(kid)).map(PublicJwk::key);
  }

  /**
   * @throws UnavailableException if they were never read
   */
  public List<PublicJwk> all() {
    Map<String, PublicJwk> before = known;
    return List.copyOf((before == null ? read() : before).values());
  }

  @Override
  public void close() {
    refreshing.shutdownNow();
  }

  /** Those that are there now, or were a second ago. */
  private Map<String, PublicJwk> read() {
    try {
      return reading().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("Stopping");
    } catch (ExecutionException | TimeoutException e) {
      throw new UnavailableException("The keys of access tokens cannot be read at the moment");
    }
  }

  private synchronized CompletableFuture<Map<String, PublicJwk>> reading() {
    Reading last = latest;
    long now = nanoTime.get();
    if (last != null && (!last.keys().isDone() || now - last.began() < AT_MOST_EACH.toNanos())) {
      return last.keys();
    }
    CompletableFuture<Map<String, PublicJwk>> keys = next();
    latest = new Reading(keys, now);
    return keys;
  }

  private CompletableFuture<Map<String, PublicJwk>> next() {
    try {
      return rows.read().thenApply(this::keep).toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Map<String, PublicJwk> keep(Map<String, String> read) {
    Map<String, PublicJwk> keys = new LinkedHashMap<>();
    read.forEach(
        (kid, json) -> {
          try {
            keys.put(kid, PublicJwk.parse(kid, json));
          } catch (IllegalArgumentException e) {
            LOG.warn("Cannot use a row of table token_keys: {}", e.getMessage());
          }
        });
    known = keys;
    return keys;
  }
}
