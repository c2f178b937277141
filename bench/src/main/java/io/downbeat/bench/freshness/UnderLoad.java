package io.downbeat.bench.freshness;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Plays at a rate, and a few among them, each of a track of its own, that are followed until they
 * are counted. The rest are 2,000 listeners' of 2,000 tracks that no catalogue knows.
 */
final class UnderLoad {
  private static final int IDS = 2_000;
  private static final int SENDERS = 8;
  private static final int FOLLOWERS = 16;
  private static final int TOGETHER = 100;
  private static final int MARKS = 24;
  private static final Duration BETWEEN_FOLLOWED = Duration.ofMillis(100);

  private final Api api;
  private final List<UUID> tracks = ids();
  private final List<UUID> listeners = ids();

  UnderLoad(Api api) {
    this.api = api;
  }

  /**
   * How many plays a second come through the whole way while more than that are waiting: from the
   * first call until the last plays are counted.
   */
  double topRate(int plays) throws IOException, InterruptedException {
    long start = System.nanoTime();
    AtomicInteger sent = new AtomicInteger();
    inParallel(
        SENDERS,
        () -> {
          while (sent.getAndAdd(TOGETHER) < plays) {
            api.post(batch(TOGETHER));
          }
          return null;
        });
    List<UUID> marks = IntStream.range(0, MARKS).mapToObj(i -> UUID.randomUUID()).toList();
    for (UUID mark : marks) {
      api.post(Api.play(UUID.randomUUID(), mark));
    }
    long last = start;
    for (UUID mark : marks) {
      last = Math.max(last, api.awaitCounted(mark));
    }
    return plays * 1e9 / (last - start);
  }

  /**
   * @return nanoseconds from the answer to a followed play until it is counted
   */
  long[] follow(double playsPerSecond, Duration length) throws IOException, InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    return follow(playsPerSecond, () -> System.nanoTime() < end);
  }

  /** The same for as long as it goes on. */
  long[] follow(double playsPerSecond, BooleanSupplier goesOn)
      throws IOException, InterruptedException {
    int together = (int) Math.max(1, Math.min(TOGETHER, playsPerSecond / 10));
    long gapNanos = (long) (1e9 * together / playsPerSecond);
    long start = System.nanoTime();
    AtomicInteger requests = new AtomicInteger();
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    ExecutorService followers = Executors.newFixedThreadPool(FOLLOWERS);
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
      return nanos;
    } finally {
      senders.shutdownNow();
      followers.shutdownNow();
    }
  }

  private long followOne() throws IOException, InterruptedException {
    UUID track = UUID.randomUUID();
    api.post(Api.play(UUID.randomUUID(), track));
    long answered = System.nanoTime();
    return api.awaitCounted(track) - answered;
  }

  private String batch(int plays) {
    return IntStream.range(0, plays)
        .mapToObj(i -> Api.play(any(listeners), any(tracks)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static List<UUID> ids() {
    return IntStream.range(0, IDS).mapToObj(i -> UUID.randomUUID()).toList();
  }

  private static UUID any(List<UUID> ids) {
    return ids.get(ThreadLocalRandom.current().nextInt(IDS));
  }

  private static void inParallel(int threads, Callable<Void> work)
      throws IOException, InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Void> each :
          executor.invokeAll(IntStream.range(0, threads).mapToObj(i -> work).toList())) {
        result(each);
      }
    } finally {
      executor.shutdownNow();
    }
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
