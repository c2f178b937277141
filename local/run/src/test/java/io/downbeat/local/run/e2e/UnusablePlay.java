package io.downbeat.local.run.e2e;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A play of 25 hours, which no client can send, in the log of a platform that is up. */
final class UnusablePlay {

  private UnusablePlay() {}

  static void write(LocalPlatform platform, UUID track) throws Exception {
    Play play =
        Play.newBuilder()
            .setPlayId(UUID.randomUUID())
            .setUserId(UUID.randomUUID())
            .setTrackId(track)
            .setStartedAt(Instant.now())
            .setPlayedMillis(90_000_000)
            .setReceivedAt(Instant.now())
            .build();
    int schemaId =
        new JsonMapper()
            .readTree(
                URI.create(
                        "http://127.0.0.1:%d/apis/ccompat/v7/subjects/%s/versions/latest"
                            .formatted(platform.port("REGISTRY"), Topics.PLAYS.subject()))
                    .toURL())
            .path("id")
            .asInt();
    byte[] value =
        new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString())
            .encode(play, schemaId);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka(platform)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.PLAYS.name(), Uuids.toBytes(Keys.of(play)), value))
          .get();
    }
  }

  /** Whether topic replays holds anything. */
  static boolean isDecided(LocalPlatform platform) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka(platform)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition only = new TopicPartition(Topics.REPLAYS.name(), 0);
      return consumer.endOffsets(List.of(only)).getOrDefault(only, 0L) > 0;
    }
  }

  private static String kafka(LocalPlatform platform) {
    return "127.0.0.1:" + platform.port("KAFKA");
  }
}
