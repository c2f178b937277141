package io.downbeat.bench.freshness;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Plays at a rate, and a few among them, each of a track of its own, that are followed until they
 * are counted. The rest are {@value #IDS} listeners' of as many tracks, all alike, that no
 * catalogue knows.
 */
final class UnderLoad {
  private static final int IDS = 2_000;
  private static final int SENDERS = 8;
  private static final int TOGETHER = 100;
  private static final double LEAST = 250;
  private static final long STEADY_MILLIS = 5_000;
  private static final double IN_TIME = 0.95;
  private static final Duration BETWEEN_FOLLOWED = Duration.ofMillis(100);

  private final Api api;
  private final List<UUID> tracks = ids();
  private final List<UUID> listeners = ids();
  private final List<UUID> devices = ids();
  private final AtomicLongArray numbers = new AtomicLongArray(IDS);

  UnderLoad(Api api) {
    this.api = api;
  }

  /**
   * The highest rate of plays that goes on: all are answered in time, and of those followed 99 %
   * are counted within {@value #STEADY_MILLIS} ms. Rates are tried for a while each, every one a
   * third above the one before, until one fails twice: the platform may have just been started.
   */
  double topRate(Duration each) throws IOException, InterruptedException {
    double top = 0;
    double rate = LEAST;
    int failed = 0;
    while (failed < 2) {
      if (isSteady(rate, each)) {
        top = rate;
        rate *= 4.0 / 3;
        failed = 0;
      } else {
        failed++;
      }
    }
    return top;
  }

  private boolean isSteady(double rate, Duration length) throws IOException, InterruptedException {
    Followed followed = follow(rate, length);
    long p99 = Latencies.millis(followed.nanos(), 0.99);
    System.out.printf(
        "  %,.0f plays/s: %,.0f answered, p99 %,d ms%n", rate, followed.playsPerSecond(), p99);
    return followed.playsPerSecond() > IN_TIME * rate && p99 <= STEADY_MILLIS;
  }

  /**
   * @param nanos from the answer to a followed play until it is counted
   * @param playsPerSecond that were answered, those followed not among them
   */
  record Followed(long[] nanos, double playsPerSecond) {}

  Followed follow(double playsPerSecond, Duration length) throws IOException, InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    return follow(playsPerSecond, () -> System.nanoTime() < end);
  }

  /** The same for as long as it goes on. */
  Followed follow(double playsPerSecond, BooleanSupplier goesOn)
      throws IOException, InterruptedException {
    int together = (int) Math.max(1, Math.min(TOGETHER, playsPerSecond / 10));
    long gapNanos = (long) (1e9 * together / playsPerSecond);
    long start = System.nanoTime();
    AtomicInteger requests = new AtomicInteger();
    AtomicInteger answers = new AtomicInteger();
    LongAccumulator lastAnswer = new LongAccumulator(Long::max, start);
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    ExecutorService followers = Executors.newCachedThreadPool();
    try {
      List<Future<Void>> sending = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        sending.add(
            senders.submit(
                () -> {
                  while (true) {
                    long time = requests.getAndIncrement() * gapNanos;
                    sleepUntil(start + time);
                    if (!goesOn.getAsBoolean()) {
                      return null;
                    }
                    api.post(batch(together));
                    answers.getAndIncrement();
                    lastAnswer.accumulate(System.nanoTime());
                  }
                }));
      }
      List<Future<Long>> followed = new ArrayList<>();
      while (goesOn.getAsBoolean()) {
        followed.add(followers.submit(this::followOne));
        sleepUntil(start + followed.size() * BETWEEN_FOLLOWED.toNanos());
      }
      for (Future<Void> each : sending) {
        result(each);
      }
      long[] nanos = new long[followed.size()];
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] = result(followed.get(i));
      }
      return new Followed(nanos, answers.get() * together * 1e9 / (lastAnswer.get() - start));
    } finally {
      senders.shutdownNow();
      followers.shutdownNow();
    }
  }

  private long followOne() throws IOException, InterruptedException {
    UUID track = UUID.randomUUID();
    api.post(Api.play(UUID.randomUUID(), UUID.randomUUID(), track));
    long answered = System.nanoTime();
    return api.awaitCounted(track) - answered;
  }

  private String batch(int plays) {
    return IntStream.range(0, plays)
        .mapToObj(i -> play())
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Numbered by the listener's device, as apps send it. */
  private String play() {
    int listener = ThreadLocalRandom.current().nextInt(IDS);
    return Api.play(
        listeners.get(listener),
        devices.get(listener),
        numbers.getAndIncrement(listener),
        tracks.get(ThreadLocalRandom.current().nextInt(IDS)));
  }

  private static List<UUID> ids() {
    return IntStream.range(0, IDS).mapToObj(i -> UUID.randomUUID()).toList();
  }

  private static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("Cannot follow plays: " + e.getCause(), e);
    }
  }

  private static void sleepUntil(long time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time - System.nanoTime());
  }
}
