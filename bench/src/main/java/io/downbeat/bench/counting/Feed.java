package io.downbeat.bench.counting;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Fills the topics of one installation, as ingest-api would. */
final class Feed implements AutoCloseable {
  private final String prefix;
  private final URI registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  Feed(OwnServers servers, String installation) {
    prefix = installation + "-";
    registry = servers.registry().url();
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                servers.kafka().bootstrapServers(),
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                20,
                "batch.size",
                256 << 10,
                "buffer.memory",
                64L << 20,
                "compression.type",
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void catalogue(World world) throws IOException, InterruptedException {
    Topic<Track> topic = Topics.TRACKS.withPrefix(prefix);
    AvroWireCodec<Track> codec = new AvroWireCodec<>(Track.class, Feed::writesOnly);
    int schema = schemaId(topic);
    for (int i = 0; i < world.tracks(); i++) {
      Track track = world.track(i);
      send(topic.name(), Uuids.toBytes(track.getTrackId()), codec.encode(track, schema));
    }
    flush();
  }

  /** The next plays, each added to what is expected of them. */
  void plays(Listening listening, int plays, Expected expected)
      throws IOException, InterruptedException {
    Topic<Play> topic = Topics.PLAYS.withPrefix(prefix);
    AvroWireCodec<Play> codec = new AvroWireCodec<>(Play.class, Feed::writesOnly);
    int schema = schemaId(topic);
    for (int i = 0; i < plays; i++) {
      Listening.Heard heard = listening.next();
      expected.add(heard);
      Play play = heard.play();
      send(
          topic.name(),
          Uuids.toBytes(play.getDeviceId() != null ? play.getDeviceId() : play.getUserId()),
          codec.encode(play, schema));
    }
    flush();
  }

  private void send(String topic, byte[] key, byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, key, value),
        (metadata, error) -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          }
        });
  }

  private void flush() throws IOException {
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IOException("Cannot fill the topics", failed);
    }
  }

  private int schemaId(Topic<?> topic) throws IOException, InterruptedException {
    URI latest = URI.create(registry + "/subjects/" + topic.subject() + "/versions/latest");
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(latest).build(), BodyHandlers.ofString())
            .body();
    return new JsonMapper().readTree(answer).required("id").asInt();
  }

  private static String writesOnly(int id) {
    throw new UnsupportedOperationException("A writer reads no schema, asked for " + id);
  }

  @Override
  public void close() {
    producer.close();
  }
}
