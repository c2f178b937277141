package io.downbeat.serving.catalog;

import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/**
 * The schemas that records were written with, by their ids in the registry. Each one that the
 * registry gave is kept beside the records, so that what is here can be read without it.
 * Thread-safe.
 */
public final class WrittenSchemas {
  private static final int MOST_SCHEMAS = 1_000;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 5_000;

  private final SchemaRegistryClient registry;
  private final Path dir;

  /**
   * @param dir where they are kept; of this process alone, in which several may share it
   */
  public WrittenSchemas(URI registry, Path dir) {
    this.registry =
        new CachedSchemaRegistryClient(
            registry.toString(),
            MOST_SCHEMAS,
            Map.of(
                SchemaRegistryClientConfig.HTTP_CONNECT_TIMEOUT_MS, CONNECT_MILLIS,
                SchemaRegistryClientConfig.HTTP_READ_TIMEOUT_MS, READ_MILLIS));
    this.dir = dir;
  }

  /** Of a record that arrives: asks the registry. */
  public String ofArriving(int id) throws Exception {
    String text;
    try {
      text = registry.getSchemaById(id).canonicalString();
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        throw new UnknownSchemaException(id);
      }
      throw e;
    }
    keep(id, text);
    return text;
  }

  /** Of a record that was kept here: asks the registry only if its schema was lost. */
  String ofKept(int id) throws Exception {
    Path file = file(id);
    return Files.exists(file) ? Files.readString(file) : ofArriving(id);
  }

  private void keep(int id, String text) throws IOException {
    Files.createDirectories(dir);
    Path whole = Files.createTempFile(dir, "schema", ".tmp");
    Files.writeString(whole, text);
    Files.move(
        whole, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path file(int id) {
    return dir.resolve(id + ".avsc");
  }
}
