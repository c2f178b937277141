package io.downbeat.stream.io;

import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.Schema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.jspecify.annotations.Nullable;

/** The schema registry, asked once for each schema. Travels to the task that asks. */
public final class Registry implements SchemaById, Serializable {
  private static final long serialVersionUID = 1;
  private static final int MOST_SCHEMAS = 1_000;

  private final String url;
  private transient @Nullable SchemaRegistryClient client;

  public Registry(String url) {
    this.url = url;
  }

  @Override
  public String textOf(int id) throws Exception {
    try {
      return client().getSchemaById(id).canonicalString();
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        throw new UnknownSchemaException(id);
      }
      throw e;
    }
  }

  /** Id of a schema that set-up has registered. */
  public int idOf(String subject, Schema schema) throws IOException {
    try {
      return client().getId(subject, new AvroSchema(schema.toString()));
    } catch (RestClientException e) {
      throw new IOException(
          "Cannot find the schema of subject "
              + subject
              + " in the registry; register all schemas first",
          e);
    }
  }

  private synchronized SchemaRegistryClient client() {
    if (client == null) {
      client = new CachedSchemaRegistryClient(url, MOST_SCHEMAS);
    }
    return client;
  }
}
