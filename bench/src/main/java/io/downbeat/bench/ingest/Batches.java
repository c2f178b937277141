package io.downbeat.bench.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Invented plays as JSON, each with a number in its id, so that those that were answered for can be
 * looked for in the log. Thread-safe.
 */
final class Batches {
  private static final long NUMBERED = 0x8000_0000_0000_0000L;

  private final AtomicInteger next = new AtomicInteger();
  private final BitSet acknowledged = new BitSet();

  /**
   * @param first number of its first play; the others follow
   */
  record Batch(int first, int plays, byte[] json) {}

  /**
   * @param lost answered for, but not in the log
   * @param bytes of keys and values of all records there
   */
  record Found(int acknowledged, int lost, long records, long bytes) {}

  Batch next(int plays) {
    int first = next.getAndAdd(plays);
    StringBuilder json = new StringBuilder(plays * 400);
    json.append('[');
    for (int i = 0; i < plays; i++) {
      long number = first + (long) i;
      UUID listener = new UUID(mix(number % 100_003) & ~0xF000L | 0x4000L, NUMBERED | 7);
      json.append(i == 0 ? "" : ",")
          .append("{\"play_id\":\"")
          .append(new UUID(mix(number) & ~0xF000L | 0x4000L, NUMBERED | number))
          .append("\",\"user_id\":\"")
          .append(listener)
          .append("\",\"device_id\":\"")
          .append(new UUID(listener.getMostSignificantBits(), NUMBERED | 8))
          .append("\",\"track_id\":\"")
          .append(new UUID(mix(number % 50_021) & ~0xF000L | 0x4000L, NUMBERED | 9))
          .append("\",\"started_at\":\"")
          .append(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
          .append("\",\"played_millis\":")
          .append(120_000 + number % 100_000)
          .append(",\"context\":{\"type\":\"playlist\",\"id\":\"37i9dQZF1DXcBWIGoYBM5M\"}")
          .append(",\"country\":\"SE\",\"offline\":false,\"end_reason\":\"completed\"")
          .append(",\"client\":\"android 5.2.1\"}");
    }
    return new Batch(first, plays, json.append(']').toString().getBytes(US_ASCII));
  }

  void acknowledge(Batch batch) {
    synchronized (acknowledged) {
      acknowledged.set(batch.first(), batch.first() + batch.plays());
    }
  }

  /** Reads the whole topic. */
  Found find(String bootstrapServers, Topic<Play> topic) throws Exception {
    AvroWireCodec<Play> codec =
        new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());
    BitSet found = new BitSet();
    long records = 0;
    long bytes = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic.name()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList());
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          long number = codec.decode(record.value()).getPlayId().getLeastSignificantBits();
          found.set((int) (number & ~NUMBERED));
          records++;
          bytes += record.key().length + record.value().length;
        }
      }
    }
    BitSet lost = (BitSet) acknowledged.clone();
    lost.andNot(found);
    return new Found(acknowledged.cardinality(), lost.cardinality(), records, bytes);
  }

  private static long mix(long value) {
    long z = (value + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 27);
  }
}
