package io.downbeat.ingest.accounts;

import io.downbeat.ingest.http.Problem;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Passwords, kept as the hash of their HMAC under a secret that the database does not hold. As many
 * are worked on as there are threads; more than {@value #MOST_WAITING} never wait. Thread-safe.
 */
public final class Passwords implements AutoCloseable {
  private static final int MOST_WAITING = 64;
  private static final String USE = "password";

  private final Secret secret;
  private final ThreadPoolExecutor threads;
  private final String ofNobody;

  public Passwords(Secret secret, int threads) {
    this.secret = secret;
    this.threads =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> {
              Thread thread = new Thread(work, "passwords");
              thread.setDaemon(true);
              return thread;
            });
    this.ofNobody = keep("nobody has this one").join();
  }

  /** What is kept of it; fails with {@link Problem} 429 if too many wait. */
  CompletableFuture<String> keep(String password) {
    return work(() -> Argon2id.hash(keyed(password)));
  }

  /**
   * Whether it is the one that was kept; fails with {@link Problem} 429 if too many wait.
   *
   * @param kept empty if there is no such account: it takes as long then
   */
  CompletableFuture<Boolean> matches(String password, String kept) {
    return work(
        () ->
            Argon2id.matches(keyed(password), kept.isEmpty() ? ofNobody : kept) && !kept.isEmpty());
  }

  private <T> CompletableFuture<T> work(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          Problem.tooMuch("Too many are signing in; nothing was changed, send it again"));
    }
  }

  private byte[] keyed(String password) {
    String composed = Normalizer.normalize(password, Normalizer.Form.NFC);
    return Base64.getEncoder().encode(secret.hash(USE, composed.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
