package io.downbeat.serving.catalog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** How much of the log a copy that is being loaded still lacks. Thread-safe. */
final class RestoreProgress implements StateRestoreListener {
  private record Part(long next, long end) {}

  private final Map<TopicPartition, Part> parts = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> positions;

  /**
   * @param positions gets, of each partition whose load ends, the next record
   */
  RestoreProgress(Map<TopicPartition, Long> positions) {
    this.positions = positions;
  }

  /** In records; of the partitions that have been begun. */
  long remaining() {
    return parts.values().stream().mapToLong(part -> Math.max(0, part.end() - part.next())).sum();
  }

  @Override
  public void onRestoreStart(TopicPartition part, String store, long from, long end) {
    parts.put(part, new Part(from, end));
  }

  @Override
  public void onBatchRestored(TopicPartition part, String store, long next, long records) {
    parts.computeIfPresent(part, (same, before) -> new Part(next, before.end()));
  }

  @Override
  public void onRestoreEnd(TopicPartition part, String store, long records) {
    Part loaded = parts.remove(part);
    if (loaded != null) {
      positions.put(part, loaded.end());
    }
  }
}
