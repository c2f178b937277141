package io.downbeat.batch.totals;

import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.StreamCommit;
import io.downbeat.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the stream has come in the log of plays.
 *
 * <p>Its source commits offsets when a checkpoint is complete, and the same checkpoint's plays go
 * into the lake a moment later: the sink handles no checkpoint before the commit of the one before.
 * So the lake has everything before an offset that is seen committed once one more commit is seen
 * there. An idle stream commits to the lake every other checkpoint.
 */
final class StreamProgress {
  private static final Logger LOG = LoggerFactory.getLogger(StreamProgress.class);

  /** As KafkaLog in stream-jobs names it. */
  private static final String GROUP = "stream-jobs";

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int ANSWER_SECONDS = 30;

  /** Something that was logged before a time is not known to be in the lake. */
  static final class NotThereYet extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotThereYet(String message) {
      super(message);
    }
  }

  private final KafkaCatalog.Settings kafka;
  private final Table table;
  private final Duration patience;

  /**
   * @param table into which the stream writes
   * @param patience how long to wait while the stream gets no further
   */
  StreamProgress(KafkaCatalog.Settings kafka, Table table, Duration patience) {
    this.kafka = kafka;
    this.table = table;
    this.patience = patience;
  }

  /**
   * Returns when every play that was logged before a time, and that is to come into the table, is
   * in it.
   *
   * @param time no later than now
   * @throws NotThereYet if the stream has yet to process such a play
   */
  void requireAllBefore(Instant time) {
    reach(time, false);
  }

  /**
   * The same, but waits for the stream as long as it gets further.
   *
   * @throws NotThereYet if it does not
   */
  void awaitAllBefore(Instant time) {
    reach(time, true);
  }

  private void reach(Instant time, boolean patiently) {
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                "batch-jobs"))) {
      Map<TopicPartition, Long> wanted = endsBefore(admin, time);
      if (wanted.isEmpty()) {
        return;
      }
      if (patiently) {
        awaitCommitted(admin, wanted, time);
      } else {
        requireCommitted(admin, wanted, time);
      }
      awaitCommitToLake();
      requireCommitted(admin, wanted, time);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Cannot ask %s how far the stream has come: %s".formatted(kafka.bootstrapServers(), e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /** The offset behind the last record before a time, for each partition that has such records. */
  private Map<TopicPartition, Long> endsBefore(Admin admin, Instant time)
      throws ExecutionException, InterruptedException, TimeoutException {
    String topic = Topics.PLAYS.withPrefix(kafka.topicPrefix()).name();
    Collection<TopicPartition> partitions =
        answer(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
            .flatMap(described -> described.partitions().stream())
            .map(TopicPartitionInfo::partition)
            .map(partition -> new TopicPartition(topic, partition))
            .toList();
    // The ends first: where there is no record from that time on by then, all before are older.
    Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> later =
        offsets(admin, partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
    Map<TopicPartition, Long> begins = offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> wanted = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long first = later.getOrDefault(partition, -1L);
      long end = first < 0 ? ends.getOrDefault(partition, 0L) : first;
      if (end > begins.getOrDefault(partition, 0L)) {
        wanted.put(partition, end);
      }
    }
    return wanted;
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> each :
        answer(admin.listOffsets(asked).all()).entrySet()) {
      offsets.put(each.getKey(), each.getValue().offset());
    }
    return offsets;
  }

  private void awaitCommitted(Admin admin, Map<TopicPartition, Long> wanted, Instant time)
      throws ExecutionException, InterruptedException, TimeoutException {
    long before = Long.MAX_VALUE;
    long deadline = System.nanoTime() + patience.toNanos();
    for (long behind = behind(admin, wanted); behind > 0; behind = behind(admin, wanted)) {
      if (behind < before) {
        LOG.info("Waits for the stream, which has {} records before it", behind);
        before = behind;
        deadline = System.nanoTime() + patience.toNanos();
      } else if (System.nanoTime() > deadline) {
        requireCommitted(admin, wanted, time);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
  }

  private void requireCommitted(Admin admin, Map<TopicPartition, Long> wanted, Instant time)
      throws ExecutionException, InterruptedException, TimeoutException {
    long behind = behind(admin, wanted);
    if (behind > 0) {
      throw new NotThereYet(
          "the stream has yet to process %,d records that were logged before %s"
              .formatted(behind, time));
    }
  }

  /** How many records the stream has before it, by the offsets that it has committed. */
  private long behind(Admin admin, Map<TopicPartition, Long> wanted)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        answer(
            admin
                .listConsumerGroupOffsets(kafka.topicPrefix() + GROUP)
                .partitionsToOffsetAndMetadata());
    long behind = 0;
    for (Map.Entry<TopicPartition, Long> end : wanted.entrySet()) {
      OffsetAndMetadata position = committed.get(end.getKey());
      behind += Math.max(0, end.getValue() - (position == null ? 0 : position.offset()));
    }
    return behind;
  }

  private void awaitCommitToLake() throws InterruptedException {
    long before = newestCommit();
    long deadline = System.nanoTime() + patience.toNanos();
    LOG.info("Waits for the stream's next commit to the lake");
    do {
      if (System.nanoTime() > deadline) {
        throw new NotThereYet(
            "the stream has committed nothing to the lake for %d s"
                .formatted(patience.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
      table.refresh();
    } while (newestCommit() <= before);
  }

  /** The sequence number of the stream's newest commit; -1 before the first. */
  private long newestCommit() {
    return StreamCommit.newest(table).map(Snapshot::sequenceNumber).orElse(-1L);
  }

  private static <T> T answer(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }
}
