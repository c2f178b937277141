package io.downbeat.bench.machine;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Asks at moments that are drawn beforehand, whether earlier answers are there or not. A latency
 * counts from the drawn moment, however late it could be asked: a server that stalls can't hide
 * what it let wait.
 */
public final class OpenLoop {
  private static final long MOST_MICROS = Duration.ofMinutes(5).toNanos() / 1_000;

  private final Ticks ticks;

  /** Something that answers. Thread-safe. */
  public interface Asked {
    Asker connect() throws IOException;
  }

  /** One client, who asks one thing after the other. Not thread-safe. */
  public interface Asker extends Closeable {

    /** Asks, and takes in the answer. */
    void ask(String query) throws IOException;
  }

  /** Time, which tests make pass. */
  public interface Ticks {
    long nanos();

    void sleepUntil(long nanos) throws InterruptedException;
  }

  /**
   * @param micros of those that were asked
   * @param unasked whose turn did not come within twice the length; each counts as waiting until
   *     then
   */
  public record Latencies(Histogram micros, int unasked) {
    public double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1e3;
    }
  }

  public OpenLoop(Ticks ticks) {
    this.ticks = ticks;
  }

  public static Ticks clock() {
    return new Ticks() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void sleepUntil(long nanos) throws InterruptedException {
        long wait = nanos - System.nanoTime();
        if (wait > 0) {
          Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
      }
    };
  }

  /** Moments of a Poisson process, from 0. */
  public static long[] moments(double perSecond, Duration length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = (int) (perSecond * length.toMillis() / 1_000);
    long[] moments = new long[count];
    double at = 0;
    for (int i = 0; i < count; i++) {
      at += -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
      moments[i] = (long) at;
    }
    return moments;
  }

  /**
   * @param moments one for each query, ascending, in nanoseconds from now on
   */
  public Latencies run(Asked asked, List<String> queries, long[] moments, int connections)
      throws IOException, InterruptedException {
    Histogram micros = new ConcurrentHistogram(MOST_MICROS, 3);
    AtomicInteger next = new AtomicInteger();
    AtomicInteger unasked = new AtomicInteger();
    long start = ticks.nanos();
    long deadline = start + 2 * moments[moments.length - 1];
    List<Callable<Void>> work = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      work.add(
          () -> {
            try (Asker client = asked.connect()) {
              for (int each = next.getAndIncrement();
                  each < moments.length;
                  each = next.getAndIncrement()) {
                long due = start + moments[each];
                ticks.sleepUntil(due);
                if (ticks.nanos() > deadline) {
                  unasked.incrementAndGet();
                } else {
                  client.ask(queries.get(each));
                }
                micros.recordValue(Math.min(MOST_MICROS, (ticks.nanos() - due) / 1_000));
              }
              return null;
            }
          });
    }
    all(work);
    return new Latencies(micros, unasked.get());
  }

  /** Runs all at once, and fails as the first does. */
  public static <T> List<T> all(List<? extends Callable<T>> work)
      throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(work)) {
        try {
          results.add(each.get());
        } catch (ExecutionException e) {
          throw new IOException(String.valueOf(e.getCause()), e.getCause());
        }
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
