package io.downbeat.serving.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class CachedReadsTest {
  private static final Duration MAX_AGE = Duration.ofMillis(100);

  /** Two keys of the same rows share a name. */
  private record Key(String rows, int part) {}

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Queue<CompletableFuture<String>> reads = new ArrayDeque<>();

  @Test
  void aHundredWhoAskAtOnceShareOneRead() throws Exception {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    AtomicLong begun = new AtomicLong();
    CompletableFuture<String> read = new CompletableFuture<>();
    CountDownLatch together = new CountDownLatch(100);
    ExecutorService readers = Executors.newFixedThreadPool(100);
    try {
      List<Future<CompletionStage<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(
            readers.submit(
                () -> {
                  together.countDown();
                  together.await();
                  return cache.get(
                      new Key("a", 0),
                      () -> {
                        begun.incrementAndGet();
                        return read;
                      });
                }));
      }
      List<CompletionStage<String>> asked = new ArrayList<>();
      for (Future<CompletionStage<String>> answer : answers) {
        asked.add(answer.get(20, TimeUnit.SECONDS));
      }
      read.complete("one");
      assertThat(asked).allSatisfy(answer -> assertThat(value(answer)).isEqualTo("one"));
    } finally {
      readers.shutdownNow();
    }

    assertThat(begun).hasValue(1);
    assertThat(gets("miss")).isEqualTo(1);
    assertThat(gets("hit")).isEqualTo(99);
  }

  @Test
  void anAnswerIsGivenAgainUntilItIsTooOld() {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    Key key = new Key("a", 0);

    assertThat(value(cache.get(key, () -> done("first")))).isEqualTo("first");
    nanos.addAndGet(MAX_AGE.toNanos() - 1);
    assertThat(value(cache.get(key, () -> done("second")))).isEqualTo("first");
    nanos.addAndGet(1);
    assertThat(value(cache.get(key, () -> done("second")))).isEqualTo("second");
    assertThat(value(cache.get(new Key("b", 0), () -> done("third")))).isEqualTo("third");
  }

  @Test
  void aFailedReadFailsForAllWhoWaitedAndIsAskedAgain() {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    Key key = new Key("a", 0);
    CompletionStage<String> first = cache.get(key, this::read);
    CompletionStage<String> second = cache.get(key, this::read);

    reads.remove().completeExceptionally(new StoreUnavailableException("away"));

    for (CompletionStage<String> waited : List.of(first, second)) {
      assertThatThrownBy(() -> value(waited))
          .hasCauseInstanceOf(StoreUnavailableException.class)
          .hasStackTraceContaining("away");
    }
    assertThat(value(cache.get(key, () -> done("back")))).isEqualTo("back");
    assertThat(reads).isEmpty();
  }

  @Test
  void withoutAMaxAgeOnlyThoseWhoAskAtOnceShareARead() {
    CachedReads<Key, String> cache = cache(Duration.ZERO, 1 << 20);
    Key key = new Key("a", 0);
    CompletionStage<String> first = cache.get(key, this::read);
    CompletionStage<String> second = cache.get(key, this::read);
    reads.remove().complete("one");

    assertThat(value(first)).isEqualTo("one");
    assertThat(value(second)).isEqualTo("one");
    assertThat(value(cache.get(key, () -> done("two")))).isEqualTo("two");
    assertThat(reads).isEmpty();
  }

  @Test
  void noMoreIsKeptThanMayBe() {
    int most = 100_000;
    CachedReads<Key, String> cache = cache(MAX_AGE, most);
    for (int i = 0; i < 10_000; i++) {
      cache.get(new Key("a" + i, 0), () -> done("x".repeat(600)));
    }

    assertThat(value(cache.get(new Key("large", 0), () -> done("x".repeat(most))))).hasSize(most);
    assertThat(value(cache.get(new Key("large", 0), () -> done("anew")))).isEqualTo("anew");
    assertThat(meters.get("cache.size").gauge().value()).isBetween(50.0, 100.0);
    assertThat(meters.get("cache.evictions").functionCounter().count()).isGreaterThan(9_000);
  }

  @Test
  void aCallerWhoGivesUpTakesNothingFromTheOthers() {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    Key key = new Key("a", 0);
    CompletionStage<String> impatient = cache.get(key, this::read);
    CompletionStage<String> patient = cache.get(key, this::read);

    impatient.toCompletableFuture().cancel(true);
    reads.remove().complete("one");

    assertThat(value(patient)).isEqualTo("one");
  }

  @Test
  void whatIsKeptIsReadAnewOnceAnotherReadOfTheSameRowsHasEnded() {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    Key narrow = new Key("a", 1);
    Key wide = new Key("a", 2);

    assertThat(value(cache.get(narrow, () -> done("9 plays")))).isEqualTo("9 plays");
    assertThat(value(cache.get(wide, () -> done("10 plays")))).isEqualTo("10 plays");
    assertThat(value(cache.get(narrow, () -> done("10 plays")))).isEqualTo("10 plays");
    assertThat(value(cache.get(narrow, () -> done("11 plays")))).isEqualTo("10 plays");
  }

  @Test
  void aReadUnderWayIsNotWaitedForInsteadOfOneAfterAnotherEnded() {
    CachedReads<Key, String> cache = cache(MAX_AGE, 1 << 20);
    Key narrow = new Key("a", 1);
    CompletionStage<String> early = cache.get(narrow, this::read);
    assertThat(value(cache.get(new Key("a", 2), () -> done("10 plays")))).isEqualTo("10 plays");
    CompletionStage<String> late = cache.get(narrow, this::read);

    reads.remove().complete("9 plays");
    assertThat(value(early)).isEqualTo("9 plays");
    assertThat(late.toCompletableFuture()).isNotDone();
    reads.remove().complete("11 plays");
    assertThat(value(late)).isEqualTo("11 plays");
  }

  /** Reads of one total that grows, each of a moment between its beginning and its end. */
  @Test
  void noReaderSeesATotalGoBack() throws Exception {
    AtomicLong total = new AtomicLong();
    AtomicLong begun = new AtomicLong();
    ExecutorService store = Executors.newFixedThreadPool(4);
    ExecutorService readers = Executors.newFixedThreadPool(8);
    CachedReads<Key, Long> cache =
        new CachedReads<>(
            "reads",
            new CachedReads.Settings(Duration.ofMillis(2), 1 << 20),
            Key::rows,
            value -> 8,
            meters);
    Supplier<CompletionStage<Long>> read =
        () -> {
          begun.incrementAndGet();
          return CompletableFuture.supplyAsync(
              () -> {
                pause();
                long seen = total.incrementAndGet();
                pause();
                return seen;
              },
              store);
        };
    int rounds = 3_000;
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int reader = 0; reader < 8; reader++) {
        all.add(
            readers.submit(
                () -> {
                  long before = 0;
                  for (int i = 0; i < rounds; i++) {
                    int part = ThreadLocalRandom.current().nextInt(20) == 0 ? 1 : 0;
                    long now = value(cache.get(new Key("a", part), read));
                    assertThat(now).isGreaterThanOrEqualTo(before);
                    before = now;
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      readers.shutdownNow();
      store.shutdownNow();
    }
    assertThat(begun.get()).isLessThan(8L * rounds / 2);
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(50_000));
  }

  private CachedReads<Key, String> cache(Duration maxAge, long bytes) {
    return new CachedReads<>(
        "reads",
        new CachedReads.Settings(maxAge, bytes),
        Key::rows,
        String::length,
        meters,
        nanos::get);
  }

  private CompletionStage<String> read() {
    CompletableFuture<String> read = new CompletableFuture<>();
    reads.add(read);
    return read;
  }

  private static CompletionStage<String> done(String value) {
    return CompletableFuture.completedFuture(value);
  }

  private static <T> T value(CompletionStage<T> answer) {
    return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private double gets(String result) {
    return meters
        .get("cache.gets")
        .tags("cache", "reads", "result", result)
        .functionCounter()
        .count();
  }
}
