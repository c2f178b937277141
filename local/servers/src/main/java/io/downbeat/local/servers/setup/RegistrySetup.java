package io.downbeat.local.servers.setup;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/** Subjects of one registry. */
final class RegistrySetup {
  private static final int CONFLICT = 409;
  private final URI url;
  private final RestService registry;

  RegistrySetup(URI url) {
    this.url = url;
    this.registry = new RestService(url.toString());
  }

  void register(List<SetupSteps.Subject> subjects) {
    subjects.forEach(this::register);
  }

  private void register(SetupSteps.Subject subject) {
    try {
      registry.registerSchema(subject.schema(), subject.name());
      registry.updateCompatibility("FULL_TRANSITIVE", subject.name());
    } catch (RestClientException e) {
      String advice =
          e.getStatus() == CONFLICT
              ? " A changed schema must be able to read and be read by every released one: add fields with defaults, remove none without."
              : "";
      throw new IllegalStateException(
          "Cannot register subject %s at %s: the registry says '%s'.%s"
              .formatted(subject.name(), url, e.getMessage(), advice),
          e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot reach the registry at %s to register %s: %s"
              .formatted(url, subject.name(), e.getMessage()),
          e);
    }
  }
}
