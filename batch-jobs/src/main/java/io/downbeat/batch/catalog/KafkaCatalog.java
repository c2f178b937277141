package io.downbeat.batch.catalog;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tracks of the compacted topic, read once from its beginning to its present end. */
public final class KafkaCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaCatalog.class);
  private static final int MOST_SCHEMAS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public record Settings(String bootstrapServers, String topicPrefix, String registryUrl) {}

  private KafkaCatalog() {}

  /**
   * The newest record of each track. One that was withdrawn still has its artists, its album and
   * its genres, and its plays are counted for them, as long as the log holds its last record.
   *
   * @throws IllegalStateException if the log does not answer within half a minute
   */
  public static Map<UUID, CatalogTrack> tracks(Settings settings) {
    AvroWireCodec<Track> codec = new AvroWireCodec<>(Track.class, registry(settings.registryUrl()));
    Map<UUID, CatalogTrack> tracks = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
      String topic = Topics.TRACKS.withPrefix(settings.topicPrefix()).name();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!hasReached(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          put(tracks, codec, record);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "Cannot read topic %s: nothing came for %d s".formatted(topic, PATIENCE.toSeconds()));
        }
      }
    }
    return tracks;
  }

  private static boolean hasReached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** A record that is no track is as good as none: the stream job has set it aside. */
  private static void put(
      Map<UUID, CatalogTrack> tracks,
      AvroWireCodec<Track> codec,
      ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.key().length != 16 || record.value() == null) {
      return;
    }
    try {
      CatalogTrack track =
          CatalogTrack.of(codec.decode(record.value()), Instant.ofEpochMilli(record.timestamp()));
      tracks.merge(track.trackId(), track, CatalogTrack::then);
    } catch (MalformedValueException e) {
      LOG.warn(
          "Left out a record of {} at {}-{}", record.topic(), record.partition(), record.offset());
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static AvroWireCodec.SchemaById registry(String url) {
    SchemaRegistryClient client = new CachedSchemaRegistryClient(url, MOST_SCHEMAS);
    return id -> {
      try {
        return client.getSchemaById(id).canonicalString();
      } catch (RestClientException e) {
        if (e.getStatus() == 404) {
          throw new UnknownSchemaException(id);
        }
        throw e;
      }
    };
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Settings settings) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            settings.bootstrapServers(),
            ConsumerConfig.CLIENT_ID_CONFIG,
            "batch-jobs",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
