package io.downbeat.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.javalin.Javalin;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The handler that one writes first: the body as a tree, one send a play, and a thread that waits
 * for each. It checks nothing.
 */
public final class NaiveIngest {
  private final JsonMapper json = new JsonMapper();
  private final AvroWireCodec<Play> codec =
      new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;

  private NaiveIngest(String bootstrapServers, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "linger.ms",
                0,
                "compression.type",
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public static void main(String[] args) {
    NaiveIngest naive = new NaiveIngest(args[0], args[1]);
    Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.http.maxRequestSize = 2 << 20;
              config.routes.get("/readyz", ctx -> ctx.result("ready"));
              config.routes.post(
                  "/v1/plays",
                  ctx -> {
                    int taken = naive.take(ctx.bodyAsBytes());
                    ctx.status(202).json(Map.of("accepted", taken));
                  });
            })
        .start("127.0.0.1", Integer.parseInt(args[2]));
  }

  private int take(byte[] body) throws IOException, InterruptedException, ExecutionException {
    int taken = 0;
    for (JsonNode node : json.readTree(body)) {
      Play play = play(node);
      producer
          .send(
              new ProducerRecord<>(topic, Uuids.toBytes(play.getDeviceId()), codec.encode(play, 1)))
          .get();
      taken++;
    }
    return taken;
  }

  private static Play play(JsonNode node) {
    return new Play(
        UUID.fromString(node.get("play_id").asText()),
        UUID.fromString(node.get("user_id").asText()),
        UUID.fromString(node.get("device_id").asText()),
        null,
        UUID.fromString(node.get("track_id").asText()),
        Instant.parse(node.get("started_at").asText()),
        node.get("played_millis").asLong(),
        new PlayContext(
            ContextType.valueOf(node.at("/context/type").asText().toUpperCase(Locale.ROOT)),
            node.at("/context/id").asText()),
        node.get("country").asText(),
        node.get("offline").asBoolean(),
        EndReason.valueOf(node.get("end_reason").asText().toUpperCase(Locale.ROOT)),
        node.get("client").asText(),
        Instant.now());
  }
}
