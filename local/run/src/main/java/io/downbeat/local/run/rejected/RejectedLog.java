package io.downbeat.local.run.rejected;

import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Topic {@code rejected}, from its beginning to its present end, as far as it is committed. A key
 * with a value is a rejected record, of which there may be copies; the same key without a value
 * says that the record was replayed, in the transaction that replayed it. So a record is replayed
 * if and only if its mark is here.
 */
final class RejectedLog {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** At some 64 bytes each. */
  private static final int MOST = 1_000_000;

  private final String bootstrapServers;
  private final String topic;
  private final AvroWireCodec<Rejected> codec;

  interface Visitor {
    void visit(Kept kept) throws IOException, InterruptedException;
  }

  private interface Reading {
    void of(ConsumerRecord<byte[], byte[]> record) throws IOException, InterruptedException;
  }

  RejectedLog(String bootstrapServers, String topicPrefix, SchemaById registry) {
    this.bootstrapServers = bootstrapServers;
    this.topic = Topics.REJECTED.withPrefix(topicPrefix).name();
    this.codec = new AvroWireCodec<>(Rejected.class, registry);
  }

  /** Ids of the records that were replayed. */
  Set<UUID> replayed() throws IOException, InterruptedException {
    Set<UUID> replayed = new HashSet<>();
    read(
        Instant.EPOCH,
        record -> {
          if (record.value() == null) {
            add(replayed, Uuids.fromBytes(record.key()));
          }
        });
    return replayed;
  }

  /**
   * Every record kept since then, each once, partition by partition in the order of its rejection.
   */
  void each(Instant since, Visitor visitor) throws IOException, InterruptedException {
    Set<UUID> seen = new HashSet<>();
    read(
        since,
        record -> {
          if (record.value() != null) {
            UUID id = Uuids.fromBytes(record.key());
            if (add(seen, id)) {
              visitor.visit(new Kept(id, value(record)));
            }
          }
        });
  }

  private static boolean add(Set<UUID> ids, UUID id) {
    if (ids.size() == MOST) {
      throw new IllegalStateException(
          "Cannot look at more than %d rejected records at a time: narrow it with --since"
              .formatted(MOST));
    }
    return ids.add(id);
  }

  private Rejected value(ConsumerRecord<byte[], byte[]> record) throws IOException {
    try {
      return codec.decode(record.value());
    } catch (MalformedValueException e) {
      throw new IOException(
          "Cannot read record %s-%d-%d: %s"
              .formatted(topic, record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }

  private void read(Instant since, Reading reading) throws IOException, InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, PATIENCE).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new IOException(
            "Cannot read topic %s at %s: there is none".formatted(topic, bootstrapServers));
      }
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      seek(consumer, partitions, ends, since);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          reading.of(record);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "Cannot read topic %s at %s: nothing came for %d s"
                  .formatted(topic, bootstrapServers, PATIENCE.toSeconds()));
        }
      }
    }
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> ends,
      Instant since) {
    Map<TopicPartition, OffsetAndTimestamp> from =
        consumer.offsetsForTimes(
            partitions.stream()
                .collect(Collectors.toMap(Function.identity(), all -> since.toEpochMilli())));
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp first = from.get(partition);
      Long end = ends.get(partition);
      consumer.seek(partition, first != null ? first.offset() : end == null ? 0 : end);
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.CLIENT_ID_CONFIG,
            "downbeat-rejected",
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
