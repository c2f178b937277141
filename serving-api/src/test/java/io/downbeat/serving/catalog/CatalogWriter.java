package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes to the catalogue's topics, in ingest-api's stead; each write is acknowledged. */
public final class CatalogWriter implements AutoCloseable {
  private final String topicPrefix;
  private final CachedSchemaRegistryClient registry;
  private final KafkaProducer<byte[], byte[]> producer;

  public CatalogWriter(String bootstrapServers, URI registryUrl, String topicPrefix) {
    this.topicPrefix = topicPrefix;
    this.registry = new CachedSchemaRegistryClient(registryUrl.toString(), 100);
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public void put(Artist artist) throws Exception {
    put(Topics.ARTISTS, artist.getArtistId(), artist);
  }

  public void put(Album album) throws Exception {
    put(Topics.ALBUMS, album.getAlbumId(), album);
  }

  public void put(Track track) throws Exception {
    put(Topics.TRACKS, track.getTrackId(), track);
  }

  public <V extends SpecificRecord> void put(Topic<V> topic, UUID key, V value) throws Exception {
    putBytes(topic, Uuids.toBytes(key), encode(topic, value));
  }

  /** Whatever bytes, into the partition of an id. */
  public void putBytes(Topic<?> topic, byte @Nullable [] key, byte @Nullable [] value)
      throws Exception {
    producer
        .send(new ProducerRecord<>(topic.withPrefix(topicPrefix).name(), key, value))
        .get(30, TimeUnit.SECONDS);
  }

  public <V extends SpecificRecord> byte[] encode(Topic<V> topic, V value) throws Exception {
    int schemaId =
        registry.getId(
            topic.withPrefix(topicPrefix).subject(), new AvroSchema(topic.schema().toString()));
    return new AvroWireCodec<>(
            topic.valueType(), id -> registry.getSchemaById(id).canonicalString())
        .encode(value, schemaId);
  }

  @Override
  public void close() {
    producer.close();
  }
}
