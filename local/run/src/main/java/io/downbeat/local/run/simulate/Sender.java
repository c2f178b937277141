package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Sends batches of plays, a few at a time, each until it is acknowledged. The counts may be read by
 * any thread; everything else is for one.
 */
final class Sender implements AutoCloseable {
  /** What the API takes at once. */
  static final int MOST_PLAYS = 1_000;

  private final ApiClient api;
  private final int inFlight;
  private final LongConsumer tookNanos;
  private final ExecutorService threads;
  private final Deque<Future<?>> sent = new ArrayDeque<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param tookNanos told how long each batch took until it was acknowledged, by any thread
   */
  Sender(ApiClient api, int inFlight, LongConsumer tookNanos) {
    this.api = api;
    this.inFlight = inFlight;
    this.tookNanos = tookNanos;
    threads =
        Executors.newFixedThreadPool(
            inFlight,
            task -> {
              Thread thread = new Thread(task, "simulated-plays");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Returns at once while fewer batches than allowed are on their way, else waits for the oldest.
   */
  void send(List<Play> plays) throws CannotSend, InterruptedException {
    if (plays.isEmpty()) {
      return;
    }
    if (sent.size() >= inFlight) {
      settle(sent.remove());
    }
    byte[] body = body(plays);
    sent.add(
        threads.submit(
            () -> {
              long begin = System.nanoTime();
              ApiClient.Answer answer = api.post(Kind.PLAYS, body);
              tookNanos.accept(System.nanoTime() - begin);
              acknowledged.addAndGet(answer.accepted() + answer.duplicates());
              refused.addAndGet(answer.rejected().size());
              return null;
            }));
  }

  /** Returns when everything sent is answered. */
  void await() throws CannotSend, InterruptedException {
    while (!sent.isEmpty()) {
      settle(sent.remove());
    }
  }

  /** Plays that the log has, copies included. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Plays that the API rejected. */
  long refused() {
    return refused.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private static void settle(Future<?> oldest) throws CannotSend, InterruptedException {
    try {
      oldest.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CannotSend cause) {
        throw cause;
      }
      throw new IllegalStateException("Cannot send plays: " + e.getCause(), e.getCause());
    }
  }

  private static byte[] body(List<Play> plays) {
    StringBuilder json = new StringBuilder(plays.size() * 420);
    for (Play play : plays) {
      json.append(json.isEmpty() ? '[' : ',');
      play.writeJson(json);
    }
    return json.append(']').toString().getBytes(StandardCharsets.US_ASCII);
  }
}
