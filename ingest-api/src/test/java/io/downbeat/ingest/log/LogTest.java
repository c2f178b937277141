package io.downbeat.ingest.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class LogTest {

  private final List<Exception> unusable = new ArrayList<>();
  private final List<Exception> settled = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void withoutABrokerAnAppendFailsAtOnce() {
    Producer<byte[], byte[]> producer =
        Log.producer(
            "127.0.0.1:1",
            Duration.ofSeconds(10),
            Duration.ofSeconds(4),
            Duration.ofMillis(5),
            1 << 20);
    try (Log log = new Log(producer, meters, unusable::add)) {
      long started = System.nanoTime();
      log.append("plays", new byte[16], new byte[100], settled::add);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
      assertThat(settled).hasSize(1).doesNotContainNull();
      assertThat(log.knows("plays")).isFalse();
    }
    assertThat(unusable).isEmpty();
  }

  @Test
  void aRecordIsSettledWhenTheLogAnswers() {
    MockProducer<byte[], byte[]> producer = producer();
    Log log = new Log(producer, meters, unusable::add);
    log.append("plays", new byte[16], new byte[1], settled::add);
    log.append("plays", new byte[16], new byte[1], settled::add);
    assertThat(settled).isEmpty();

    producer.completeNext();
    NotEnoughReplicasException failure = new NotEnoughReplicasException("one is missing");
    producer.errorNext(failure);

    assertThat(settled).containsExactly(null, failure);
    assertThat(unusable).isEmpty();
    assertThat(meters.counter("downbeat.log.acknowledged").count()).isEqualTo(1);
    assertThat(meters.counter("downbeat.log.failed", "error", "NotEnoughReplicasException").count())
        .isEqualTo(1);
  }

  @Test
  void aProducerBeyondRepairIsReportedAndTheRecordSettled() {
    MockProducer<byte[], byte[]> producer = producer();
    producer.sendException = new KafkaException("in an error state");
    Log log = new Log(producer, meters, unusable::add);

    log.append("plays", new byte[16], new byte[1], settled::add);
    producer.close();
    log.append("plays", new byte[16], new byte[1], settled::add);

    assertThat(settled).hasSize(2).doesNotContainNull();
    assertThat(unusable).isEqualTo(settled);
  }

  /** Kafka's own in-memory producer. */
  private static MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
