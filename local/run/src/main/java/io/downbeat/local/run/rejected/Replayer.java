package io.downbeat.local.run.rejected;

import static java.util.Objects.requireNonNull;

import io.downbeat.schemas.avro.Replay;
import io.downbeat.schemas.avro.ReplayState;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts rejected records back. What a record goes back as is decided first, in topic {@code
 * replays}, where the first decision on it counts for everyone; then it is written; then that is
 * noted. Killed at any moment, or run twice at once, it can write a record again, but only ever the
 * same one: a play has its play_id, and a thing of the catalogue is what it was. So each counts
 * once. (A transaction would not do: it leaves offsets without a record in the topic of the plays,
 * and makes its readers wait when it is abandoned.) Not thread-safe.
 */
final class Replayer implements AutoCloseable {
  private static final int AT_A_TIME = 10_000;
  private static final int BYTES_AT_A_TIME = 32 << 20;

  private final Topic<Replay> topic;
  private final RejectedLog log;
  private final RegistryClient registry;
  private final AvroWireCodec<Replay> codec;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<UUID, Replay> waiting = new LinkedHashMap<>();
  private long bytes;
  private int decidedEarlier;

  Replayer(String bootstrapServers, String topicPrefix, RejectedLog log, RegistryClient registry) {
    this.topic = Topics.REPLAYS.withPrefix(topicPrefix);
    this.log = log;
    this.registry = registry;
    this.codec = new AvroWireCodec<>(Replay.class, registry);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.CLIENT_ID_CONFIG,
                "downbeat-replay",
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                30_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Topics.REJECTED_BYTES,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * @param id of a rejected record that is not replayed
   * @param record what it is to go back as
   */
  void add(UUID id, ProducerRecord<byte[], byte[]> record)
      throws IOException, InterruptedException {
    waiting.put(
        id,
        new Replay(
            ReplayState.DECIDED,
            record.topic(),
            Uuids.fromBytes(record.key()),
            ByteBuffer.wrap(record.value()),
            Clock.systemUTC().instant()));
    bytes += record.value().length;
    if (waiting.size() == AT_A_TIME || bytes > BYTES_AT_A_TIME) {
      flush();
    }
  }

  /** Writes what was added; when it returns, the log has it. */
  void flush() throws IOException, InterruptedException {
    if (waiting.isEmpty()) {
      return;
    }
    int schemaId = registry.idOf(topic);
    Map<UUID, Replay> earlier = log.decisions(waiting.keySet());
    List<ProducerRecord<byte[], byte[]>> decisions = new ArrayList<>();
    waiting.forEach(
        (id, replay) -> {
          if (!earlier.containsKey(id)) {
            decisions.add(note(id, replay, schemaId));
          }
        });
    write(decisions);
    decidedEarlier += waiting.size() - decisions.size();
    Map<UUID, Replay> decided = log.decisions(waiting.keySet());
    write(
        waiting.keySet().stream()
            .map(id -> requireNonNull(decided.get(id)))
            .map(
                replay ->
                    new ProducerRecord<>(
                        replay.getTopic(),
                        Uuids.toBytes(replay.getKey()),
                        Kept.array(replay.getBytes())))
            .toList());
    write(
        waiting.keySet().stream()
            .map(id -> note(id, done(requireNonNull(decided.get(id))), schemaId))
            .toList());
    waiting.clear();
    bytes = 0;
  }

  /** How many of those written so far went back as an interrupted call had decided. */
  int decidedEarlier() {
    return decidedEarlier;
  }

  private static Replay done(Replay replay) {
    return new Replay(
        ReplayState.DONE,
        replay.getTopic(),
        replay.getKey(),
        ByteBuffer.allocate(0),
        Clock.systemUTC().instant());
  }

  private ProducerRecord<byte[], byte[]> note(UUID id, Replay replay, int schemaId) {
    return new ProducerRecord<>(topic.name(), Uuids.toBytes(id), codec.encode(replay, schemaId));
  }

  private void write(List<ProducerRecord<byte[], byte[]>> records)
      throws IOException, InterruptedException {
    List<Future<RecordMetadata>> written = new ArrayList<>(records.size());
    try {
      for (ProducerRecord<byte[], byte[]> record : records) {
        written.add(producer.send(record));
      }
      producer.flush();
      for (Future<RecordMetadata> each : written) {
        each.get();
      }
    } catch (KafkaException e) {
      throw failure(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private static IOException failure(Throwable cause) {
    return new IOException(
        "Cannot replay any further: %s. Run it again: nothing counts twice"
            .formatted(cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
