package io.downbeat.ingest.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log that is written to.
 *
 * <p>{@link #append} never waits: a record that finds no room or no known partition fails at once.
 * Each record is acknowledged exactly once, by all in-sync replicas, or fails within the delivery
 * time-out; a failed one may have been written all the same. Records of one key keep their order.
 * Thread-safe.
 */
public final class Log implements AutoCloseable {

  /** What became of one record. Runs on the producer's only thread: it must not block. */
  @FunctionalInterface
  public interface Acknowledgement {
    /**
     * @param failure null if the record is in the log
     */
    void done(@Nullable Exception failure);
  }

  private final Producer<byte[], byte[]> producer;
  private final Consumer<Exception> onUnusable;
  private final MeterRegistry meters;
  private final Counter acknowledged;

  /**
   * @param onUnusable told when the producer is beyond repair: only a new process writes again
   */
  public Log(
      Producer<byte[], byte[]> producer, MeterRegistry meters, Consumer<Exception> onUnusable) {
    this.producer = producer;
    this.onUnusable = onUnusable;
    this.meters = meters;
    this.acknowledged =
        Counter.builder("downbeat.log.acknowledged")
            .description("Records that the log has acknowledged")
            .register(meters);
  }

  /**
   * @param deliveryTimeout from append to acknowledgement or failure
   * @param requestTimeout after which an unanswered request is sent again, elsewhere if possible
   * @param linger for which a record waits for company
   * @param bufferBytes most memory of records under way
   */
  public static Producer<byte[], byte[]> producer(
      String bootstrapServers,
      Duration deliveryTimeout,
      Duration requestTimeout,
      Duration linger,
      long bufferBytes) {
    return new KafkaProducer<>(
        Map.ofEntries(
            Map.entry("bootstrap.servers", bootstrapServers),
            Map.entry("client.id", "ingest-api"),
            Map.entry("acks", "all"),
            Map.entry("enable.idempotence", true),
            Map.entry("delivery.timeout.ms", Math.toIntExact(deliveryTimeout.toMillis())),
            Map.entry("request.timeout.ms", Math.toIntExact(requestTimeout.toMillis())),
            Map.entry("linger.ms", linger.toMillis()),
            Map.entry("buffer.memory", bufferBytes),
            Map.entry("batch.size", 32 << 10),
            Map.entry("compression.type", "lz4"),
            // The handlers' threads never wait: neither for metadata nor for room.
            Map.entry("max.block.ms", 0),
            // So metadata must never be forgotten either, however rare a topic's records are.
            Map.entry("metadata.max.idle.ms", Duration.ofDays(3650).toMillis()),
            Map.entry("reconnect.backoff.ms", 50L),
            Map.entry("reconnect.backoff.max.ms", 1_000L),
            Map.entry("socket.connection.setup.timeout.ms", 2_000L),
            Map.entry("socket.connection.setup.timeout.max.ms", 5_000L)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  void append(String topic, byte[] key, byte @Nullable [] value, Acknowledgement acknowledgement) {
    try {
      producer.send(
          new ProducerRecord<>(topic, key, value),
          (metadata, failure) -> settle(failure, acknowledgement));
    } catch (KafkaException | IllegalStateException e) {
      // What fails one record comes through the callback. What is thrown is the producer's end: a
      // fatal error of its transaction state, or closed.
      settle(e, acknowledgement);
      if (!(e instanceof InterruptException)) {
        onUnusable.accept(e);
      }
    }
  }

  private void settle(@Nullable Exception failure, Acknowledgement acknowledgement) {
    if (failure == null) {
      acknowledged.increment();
    } else {
      meters
          .counter("downbeat.log.failed", "error", failure.getClass().getSimpleName())
          .increment();
    }
    acknowledgement.done(failure);
  }

  /** Whether a record for the topic would find a partition; asks for it if not. */
  boolean knows(String topic) {
    try {
      return !producer.partitionsFor(topic).isEmpty();
    } catch (KafkaException e) {
      return false;
    }
  }

  /** Lets what is under way end, at most for this long; what is left then fails. */
  public void close(Duration within) {
    producer.close(Objects.requireNonNull(within));
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
