package io.downbeat.local.run.imports;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a file has said of each id, so that the catalogue is told once. Bounded: after a million ids
 * it forgets them all, which costs repetition and never a loss (the later line counts). For one
 * thread.
 */
final class Remembered<V> {

  private static final int MOST = 1_000_000;

  private final Map<UUID, V> values = new HashMap<>();

  @Nullable V get(UUID id) {
    return values.get(id);
  }

  void put(UUID id, V value) {
    if (values.size() >= MOST && !values.containsKey(id)) {
      values.clear();
    }
    values.put(id, value);
  }

  /** Whether the id is new; it no longer is. */
  boolean isNew(UUID id, V value) {
    if (values.containsKey(id)) {
      return false;
    }
    put(id, value);
    return true;
  }
}
