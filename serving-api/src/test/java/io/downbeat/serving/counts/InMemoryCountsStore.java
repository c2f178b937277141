package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.ClosedTotal;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.store.StoreUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Counts in memory, which fail on demand. Thread-safe. */
public final class InMemoryCountsStore implements CountsStore {
  private record Series(CountedKind kind, UUID id, String granularity) {}

  private final Map<Series, ConcurrentSkipListMap<Instant, Measures>> all =
      new ConcurrentHashMap<>();
  private volatile @Nullable Exception failure;

  public void put(
      CountedKind kind, UUID id, Granularity granularity, Instant start, Map<String, Long> row) {
    put(new Series(kind, id, granularity.key()), start, row);
  }

  public void putClosed(CountedKind kind, UUID id, Instant before, Map<String, Long> row) {
    put(new Series(kind, id, ClosedTotal.KEY), before, row);
  }

  private void put(Series series, Instant start, Map<String, Long> row) {
    all.computeIfAbsent(series, any -> new ConcurrentSkipListMap<>()).put(start, Measures.of(row));
  }

  /** From now on every read fails, until it recovers. */
  public void fail(String message) {
    failure = new StoreUnavailableException(message);
  }

  public void recover() {
    failure = null;
  }

  @Override
  public CompletionStage<List<Bucket>> buckets(CountedKind kind, UUID id, Period period) {
    return answer(
        series(kind, id, period.granularity().key())
            .subMap(period.from(), period.to())
            .entrySet()
            .stream()
            .map(entry -> new Bucket(entry.getKey(), entry.getValue()))
            .toList());
  }

  @Override
  public CompletionStage<Measures> total(CountedKind kind, UUID id) {
    Map.Entry<Instant, Measures> allTime = series(kind, id, Granularity.ALL.key()).lastEntry();
    Map.Entry<Instant, Measures> closed = series(kind, id, ClosedTotal.KEY).lastEntry();
    return answer(
        series(kind, id, Granularity.DAY.key())
            .tailMap(closed == null ? Instant.MIN : closed.getKey())
            .values()
            .stream()
            .reduce(closed == null ? Measures.ZERO : closed.getValue(), Measures::plus)
            .withAllTime(allTime == null ? Measures.ZERO : allTime.getValue()));
  }

  private ConcurrentSkipListMap<Instant, Measures> series(
      CountedKind kind, UUID id, String granularity) {
    return all.getOrDefault(new Series(kind, id, granularity), new ConcurrentSkipListMap<>());
  }

  private <T> CompletionStage<T> answer(T value) {
    Exception failed = failure;
    return failed == null
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.failedFuture(failed);
  }
}
