package io.downbeat.serving.catalog;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest record of each id, as it stands in the log. One that cannot be decoded, or that
 * is not the thing its key says, is skipped, counted and logged without its content: what was there
 * before stays. While the registry does not answer, it waits.
 */
final class KeepNewest<V extends SpecificRecord> implements Processor<Bytes, byte[], Void, Void> {
  private static final Logger LOG = LoggerFactory.getLogger(KeepNewest.class);

  private final String storeName;
  private final AvroWireCodec<V> codec;
  private final Function<V, UUID> id;
  private final Counter skipped;
  private final Waiting waiting;
  private final Map<TopicPartition, Long> positions;
  private @Nullable ProcessorContext<Void, Void> context;
  private @Nullable KeyValueStore<Bytes, byte[]> store;

  /**
   * How long to wait for the registry.
   *
   * @param pause between two questions
   * @param closed ends the waiting
   * @param obstacle is told what it waits for, and null when it waits no longer
   */
  record Waiting(Duration pause, CountDownLatch closed, Consumer<@Nullable String> obstacle) {}

  /**
   * @param positions gets, after each record, the next one of its partition
   */
  KeepNewest(
      String storeName,
      AvroWireCodec<V> codec,
      Function<V, UUID> id,
      Counter skipped,
      Waiting waiting,
      Map<TopicPartition, Long> positions) {
    this.storeName = storeName;
    this.codec = codec;
    this.id = id;
    this.skipped = skipped;
    this.waiting = waiting;
    this.positions = positions;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
    store = newContext.getStateStore(storeName);
  }

  @Override
  public void process(Record<Bytes, byte[]> record) {
    KeyValueStore<Bytes, byte[]> kept = Objects.requireNonNull(store);
    Bytes key = record.key();
    byte[] value = record.value();
    if (key == null || (value != null && !isThing(key, value))) {
      skip();
    } else if (value == null) {
      kept.delete(key);
    } else {
      kept.put(key, value);
    }
    Objects.requireNonNull(context)
        .recordMetadata()
        .ifPresent(
            at -> positions.put(new TopicPartition(at.topic(), at.partition()), at.offset() + 1));
  }

  private boolean isThing(Bytes key, byte[] value) {
    for (; ; ) {
      try {
        V thing = codec.decode(value);
        waiting.obstacle().accept(null);
        return Arrays.equals(key.get(), Uuids.toBytes(id.apply(thing)));
      } catch (MalformedValueException e) {
        return false;
      } catch (IOException e) {
        waiting.obstacle().accept("waits for the schema registry");
        pause(e);
      }
    }
  }

  private void pause(IOException cause) {
    boolean closed;
    try {
      closed = waiting.closed().await(waiting.pause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
    if (closed) {
      throw new IllegalStateException("Closed while waiting for the schema registry", cause);
    }
  }

  private void skip() {
    skipped.increment();
    RecordMetadata at = Objects.requireNonNull(context).recordMetadata().orElse(null);
    if (at == null) {
      LOG.warn("Skips a record for {} that cannot be used", storeName);
    } else {
      LOG.warn(
          "Skips a record that cannot be used: topic {}, partition {}, offset {}",
          at.topic(),
          at.partition(),
          at.offset());
    }
  }
}
