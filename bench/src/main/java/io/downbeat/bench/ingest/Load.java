package io.downbeat.bench.ingest;

import io.downbeat.bench.machine.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Posts batches over some connections: as fast as the answers come, or at a rate. At a rate, each
 * request has its time, and its latency counts from there, however late it could be sent.
 */
final class Load {
  private static final int ACCEPTED = 202;
  private static final long MOST_MICROS = Duration.ofMinutes(1).toNanos() / 1_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final int port;
  private final String headers;
  private final Batches batches;
  private final int batch;

  /**
   * @param micros from a request's time to its answer
   */
  record Outcome(long plays, double seconds, Histogram micros) {
    double playsPerSecond() {
      return plays / seconds;
    }
  }

  /**
   * @param batch plays a request
   */
  Load(int port, String key, Batches batches, int batch) {
    this.port = port;
    this.headers = "Authorization: Bearer %s\r\nContent-Type: application/json\r\n".formatted(key);
    this.batches = batches;
    this.batch = batch;
  }

  Outcome asFastAsAnswered(int connections, long requests)
      throws IOException, InterruptedException {
    return run(connections, requests, 0);
  }

  Outcome at(double playsPerSecond, int connections, Duration length)
      throws IOException, InterruptedException {
    long gapNanos = (long) (1e9 * batch / playsPerSecond);
    return run(connections, Math.max(100, length.toNanos() / gapNanos), gapNanos);
  }

  /**
   * @param gapNanos between the times of two requests; 0: each follows the answer of the one before
   */
  private Outcome run(int connections, long requests, long gapNanos)
      throws IOException, InterruptedException {
    Histogram micros = new ConcurrentHistogram(MOST_MICROS, 3);
    AtomicLong sent = new AtomicLong();
    AtomicLong plays = new AtomicLong();
    long start = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        work.add(
            () -> {
              try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
                while (true) {
                  long request = sent.getAndIncrement();
                  if (request >= requests) {
                    return null;
                  }
                  long time = gapNanos == 0 ? System.nanoTime() : start + request * gapNanos;
                  Batches.Batch next = batches.next(batch);
                  sleepUntil(time);
                  int status = connection.send("POST", "/v1/plays", headers, next.json()).status();
                  if (status != ACCEPTED) {
                    throw new IOException("POST /v1/plays answered " + status);
                  }
                  batches.acknowledge(next);
                  plays.addAndGet(batch);
                  micros.recordValue(Math.min(MOST_MICROS, (System.nanoTime() - time) / 1_000));
                }
              }
            });
      }
      for (Future<Void> each : threads.invokeAll(work)) {
        try {
          each.get();
        } catch (java.util.concurrent.ExecutionException e) {
          throw new IOException("Cannot post plays: " + e.getCause(), e.getCause());
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return new Outcome(plays.get(), (System.nanoTime() - start) / 1e9, micros);
  }

  private static void sleepUntil(long time) throws InterruptedException {
    long wait = time - System.nanoTime();
    if (wait > 0) {
      Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
    }
  }
}
