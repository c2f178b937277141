package io.downbeat.local.run.rejected;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic as it stands: its records up to its present end, partition by partition in order. */
final class TopicRecords<V extends SpecificRecord> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String bootstrapServers;
  private final String topic;
  private final AvroWireCodec<V> codec;

  interface Visitor<V> {
    void visit(UUID key, V value) throws IOException, InterruptedException;
  }

  TopicRecords(String bootstrapServers, Topic<V> topic, SchemaById registry) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic.name();
    this.codec = new AvroWireCodec<>(topic.valueType(), registry);
  }

  /**
   * @param since by the broker's clock
   */
  void each(Instant since, Visitor<V> visitor) throws IOException, InterruptedException {
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
      seek(consumer, ends, since);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          visitor.visit(Uuids.fromBytes(record.key()), value(record));
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
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Instant since) {
    Map<TopicPartition, OffsetAndTimestamp> from =
        consumer.offsetsForTimes(
            ends.keySet().stream()
                .collect(Collectors.toMap(Function.identity(), each -> since.toEpochMilli())));
    ends.forEach(
        (partition, end) -> {
          OffsetAndTimestamp first = from.get(partition);
          consumer.seek(partition, first == null ? end : first.offset());
        });
  }

  private V value(ConsumerRecord<byte[], byte[]> record) throws IOException {
    try {
      return codec.decode(record.value());
    } catch (MalformedValueException e) {
      throw new IOException(
          "Cannot read record %s-%d-%d: %s"
              .formatted(topic, record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ConsumerConfig.CLIENT_ID_CONFIG,
            "downbeat-rejected",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
