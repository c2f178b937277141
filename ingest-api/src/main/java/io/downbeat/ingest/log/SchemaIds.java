package io.downbeat.ingest.log;

import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ids under which the registry keeps the schemas that are written here. */
public final class SchemaIds {

  /** The registry did not give an id in time. */
  public static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(SchemaIds.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

  private final String url;
  private final SchemaRegistryClient client;
  private final long deadline;
  private final Duration patience;

  /**
   * @param patience in all, from now on
   */
  public SchemaIds(String url, Duration patience) {
    this.url = url;
    this.patience = patience;
    this.deadline = System.nanoTime() + patience.toNanos();
    this.client =
        new CachedSchemaRegistryClient(
            url, 100, Map.of("http.connect.timeout.ms", 2_000, "http.read.timeout.ms", 5_000));
  }

  /** Waits for the registry and for set-up to have registered the topic's schema. */
  public int of(Topic<?> topic) throws Missing, InterruptedException {
    AvroSchema schema = new AvroSchema(topic.schema().toString());
    Duration pause = FIRST_PAUSE;
    while (true) {
      String obstacle;
      Exception cause;
      try {
        return client.getId(topic.subject(), schema);
      } catch (RestClientException e) {
        obstacle =
            e.getStatus() == 404
                ? "%s does not hold this version of subject %s; register the schemas"
                    .formatted(url, topic.subject())
                : "%s answered %d for subject %s".formatted(url, e.getStatus(), topic.subject());
        cause = e;
      } catch (IOException e) {
        obstacle = "%s does not answer".formatted(url);
        cause = e;
      }
      if (System.nanoTime() + pause.toNanos() > deadline) {
        throw new Missing(
            "Cannot find the schema of topic %s within %d s: registry %s"
                .formatted(topic.name(), patience.toSeconds(), obstacle),
            cause);
      }
      LOG.info("Waiting for the schema of topic {}: registry {}", topic.name(), obstacle);
      Thread.sleep(pause.toMillis());
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  /**
   * The schema of an id; asks the registry once for each.
   *
   * @throws UnknownSchemaException if the registry knows none of this id
   */
  public String textOf(int id) throws IOException, UnknownSchemaException {
    try {
      return client.getSchemaById(id).canonicalString();
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        throw new UnknownSchemaException(id);
      }
      throw new IOException(url + " answered " + e.getStatus() + " for schema " + id, e);
    }
  }
}
