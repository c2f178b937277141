package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

final class InMemoryCountsStoreTest extends CountsStoreContract {
  private final InMemoryCountsStore store = new InMemoryCountsStore();

  @Override
  CountsStore store() {
    return store;
  }

  @Override
  void put(
      CountedKind kind, UUID of, Granularity granularity, Instant start, Map<String, Long> row) {
    store.put(kind, of, granularity, start, row);
  }

  @Override
  void putClosed(CountedKind kind, UUID of, Instant before, Map<String, Long> row) {
    store.putClosed(kind, of, before, row);
  }
}
