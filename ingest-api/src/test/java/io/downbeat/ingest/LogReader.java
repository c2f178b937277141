package io.downbeat.ingest;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads a topic from its beginning to its end as it is now. */
public final class LogReader<V extends SpecificRecord> {

  public record Entry<V>(UUID key, @Nullable V value) {}

  private final String bootstrapServers;
  private final Topic<V> topic;
  private final AvroWireCodec<V> codec;

  public LogReader(String bootstrapServers, String registryUrl, Topic<V> topic) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
    CachedSchemaRegistryClient registry = new CachedSchemaRegistryClient(registryUrl, 10);
    this.codec =
        new AvroWireCodec<>(topic.valueType(), id -> registry.getSchemaById(id).canonicalString());
  }

  public List<Entry<V>> all() {
    List<Entry<V>> all = new ArrayList<>();
    each(all::add);
    return all;
  }

  public void each(Consumer<Entry<V>> reader) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("Cannot read " + topic.name() + " to its end in 60 s");
        }
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record -> {
                  try {
                    byte[] value = record.value();
                    reader.accept(
                        new Entry<>(
                            Uuids.fromBytes(record.key()),
                            value == null ? null : codec.decode(value)));
                  } catch (Exception e) {
                    throw new AssertionError("Cannot decode a record of " + topic.name(), e);
                  }
                });
      }
    }
  }
}
