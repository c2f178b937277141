package io.downbeat.bench.owned;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Some threads, each of which does one thing after another. */
final class Loop {
  private static final long MOST_MICROS = Duration.ofMinutes(1).toNanos() / 1_000;

  /** What one thread does, and how far it came before the answer. Not thread-safe. */
  interface Work extends AutoCloseable {
    /**
     * @return when the caller would have had an answer, in nanoseconds of this JVM
     */
    long once() throws Exception;

    @Override
    default void close() throws IOException {}
  }

  /** Makes what a thread does. */
  interface Maker {
    Work make(int thread) throws Exception;
  }

  private Loop() {}

  static Took run(int threads, long operations, Maker maker)
      throws IOException, InterruptedException {
    Histogram micros = new ConcurrentHistogram(MOST_MICROS, 3);
    AtomicLong begun = new AtomicLong();
    List<Callable<Void>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      all.add(
          () -> {
            try (Work work = maker.make(thread)) {
              while (begun.getAndIncrement() < operations) {
                long start = System.nanoTime();
                long answered = work.once();
                micros.recordValue(Math.min(MOST_MICROS, (answered - start) / 1_000));
              }
            }
            return null;
          });
    }
    long start = System.nanoTime();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Void> each : pool.invokeAll(all)) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("Cannot go on: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
    return new Took(
        operations,
        (System.nanoTime() - start) / 1e9,
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3);
  }
}
