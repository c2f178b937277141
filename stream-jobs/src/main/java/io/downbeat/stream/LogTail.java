package io.downbeat.stream;

import io.downbeat.stream.io.LogPosition;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The part of topic plays that a rebuild does not find in the lake.
 *
 * @param position from where on the log is read again
 * @param since no record from there on was logged earlier: milliseconds since 1970 (UTC)
 */
record LogTail(LogPosition position, long since) {

  /**
   * How much of the log before the last play in the lake is read once more. The two tables get
   * their plays with one checkpoint, but one after the other: where everything ended between the
   * two, the one may lack what lies before the last of the other. What was seen is a copy.
   */
  private static final Duration AGAIN = Duration.ofHours(1);

  private static final Duration POLL = Duration.ofSeconds(30);

  /**
   * @param lastInLake the highest offset of each partition that any table of the lake holds
   */
  static LogTail find(
      String bootstrapServers, String topic, Map<Integer, Long> lastInLake, Clock clock) {
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "auto.offset.reset", "earliest",
                "max.poll.records", 1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Collection<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<Integer, Long> offsets = new HashMap<>();
      long since = clock.millis();
      for (TopicPartition partition : partitions) {
        long begin = begins.getOrDefault(partition, 0L);
        long end = ends.getOrDefault(partition, 0L);
        long last = lastInLake.getOrDefault(partition.partition(), -1L);
        // An offset that the log has not reached is of an earlier log: this one is all new.
        long from = last < begin || last >= end ? begin : earlier(consumer, partition, last, begin);
        offsets.put(partition.partition(), from);
        OptionalLong logged = loggedAt(consumer, partition, from, end);
        since = Math.min(since, logged.orElse(since));
      }
      return new LogTail(new LogPosition(offsets), since);
    }
  }

  private static long earlier(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long last, long begin) {
    long logged = loggedAt(consumer, partition, last, last + 1).orElse(0);
    OffsetAndTimestamp from =
        consumer
            .offsetsForTimes(Map.of(partition, Math.max(0, logged - AGAIN.toMillis())))
            .get(partition);
    return from == null ? begin : Math.min(from.offset(), last + 1);
  }

  /** Of the first record from an offset on; empty if there is none. */
  private static OptionalLong loggedAt(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset, long end) {
    if (offset >= end) {
      return OptionalLong.empty();
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
    if (records.isEmpty()) {
      throw new IllegalStateException(
          "Cannot read %s at offset %d: no answer within %d s"
              .formatted(partition, offset, POLL.toSeconds()));
    }
    return OptionalLong.of(records.get(0).timestamp());
  }
}
