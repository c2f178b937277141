package io.downbeat.bench.catalogue;

import io.downbeat.bench.machine.Cpu;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The yardstick: reads records of a topic into memory and sends them, encoded as they are, to
 * another one, with the producer's settings of ingest-api; a part to warm up, then all. Its last
 * line is what the latter took: {@link Took}.
 */
public final class SentAgain {
  private record Pair(byte[] key, byte[] value) {}

  /** Records, and seconds: of this process's CPU time, of the broker's, and by the clock. */
  record Took(long records, double cpu, double brokerCpu, double clock) {
    static Took of(String line) {
      String[] parts = line.strip().split(" ");
      return new Took(
          Long.parseLong(parts[0]),
          Double.parseDouble(parts[1]),
          Double.parseDouble(parts[2]),
          Double.parseDouble(parts[3]));
    }

    @Override
    public String toString() {
      return records + " " + cpu + " " + brokerCpu + " " + clock;
    }
  }

  private SentAgain() {}

  public static void main(String[] args) throws Exception {
    String bootstrapServers = args[0];
    String from = args[1];
    String to = args[2];
    int warmUp = Integer.parseInt(args[3]);
    int most = Integer.parseInt(args[4]);
    long broker = Long.parseLong(args[5]);
    List<Pair> records = read(bootstrapServers, from, most);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                5,
                "batch.size",
                32 << 10,
                "buffer.memory",
                48L << 20,
                "compression.type",
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      send(producer, to, records.subList(0, Math.min(warmUp, records.size())));
      long start = System.nanoTime();
      double cpu = Cpu.seconds(ProcessHandle.current().pid());
      double brokerCpu = Cpu.seconds(broker);
      send(producer, to, records);
      System.out.println(
          new Took(
              records.size(),
              Cpu.seconds(ProcessHandle.current().pid()) - cpu,
              Cpu.seconds(broker) - brokerCpu,
              (System.nanoTime() - start) / 1e9));
    }
  }

  private static List<Pair> read(String bootstrapServers, String topic, int most) {
    List<Pair> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList());
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (records.size() < most
          && ends.entrySet().stream()
              .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          records.add(new Pair(record.key(), record.value()));
        }
      }
    }
    return records.subList(0, Math.min(most, records.size()));
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, List<Pair> records) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    for (Pair record : records) {
      producer.send(
          new ProducerRecord<>(topic, record.key(), record.value()),
          (metadata, failed) -> {
            if (failed != null) {
              failure.compareAndSet(null, failed);
            }
          });
    }
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "Cannot send to %s: %s", topic, failed), failed);
    }
  }
}
