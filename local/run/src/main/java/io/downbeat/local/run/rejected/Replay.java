package io.downbeat.local.run.rejected;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts rejected records back, each exactly once whatever is killed: a record and the mark that it
 * was replayed ({@link RejectedLog}) are written in one transaction. Of two replays at a time the
 * earlier one ends; the transaction that it had open is undone before the later one begins, which
 * therefore finds every mark there is. Not thread-safe.
 */
final class Replay implements AutoCloseable {

  /** For which readers of what is committed may have to wait after a replay was killed. */
  private static final int TRANSACTION_MILLIS = 10_000;

  private static final int AT_A_TIME = 200;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String rejected;
  private int open;

  /** Ends any other replay; marks read from now on are all of them. */
  Replay(String bootstrapServers, String topicPrefix) {
    rejected = Topics.REJECTED.withPrefix(topicPrefix).name();
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                topicPrefix + "replay-rejected",
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                TRANSACTION_MILLIS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                TRANSACTION_MILLIS - 1_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                4_000,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new IllegalStateException(
          "Cannot begin to replay at %s: %s".formatted(bootstrapServers, e.getMessage()), e);
    }
  }

  /**
   * Adds a record to the open transaction, which is committed when it is full.
   *
   * @param id of the rejected record
   * @param record as it goes back
   */
  void add(UUID id, ProducerRecord<byte[], byte[]> record) {
    try {
      if (open == 0) {
        producer.beginTransaction();
      }
      producer.send(record);
      producer.send(new ProducerRecord<>(rejected, Uuids.toBytes(id), null));
      open++;
    } catch (KafkaException e) {
      throw failure(e);
    }
    if (open == AT_A_TIME) {
      commit();
    }
  }

  void commit() {
    if (open == 0) {
      return;
    }
    try {
      producer.commitTransaction();
      open = 0;
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  /** What is not committed is undone. */
  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }

  private static IllegalStateException failure(KafkaException e) {
    String message =
        e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException
            ? "Stopped: another replay has begun, and goes on. What this one said is replayed, is"
            : "Cannot replay any further: %s. Run it again: what is replayed already is known and left alone"
                .formatted(e.getMessage());
    return new IllegalStateException(message, e);
  }
}
