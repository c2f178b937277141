package io.downbeat.serving;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;

/** Whether the broker answers. Thread-safe. */
final class Broker implements AutoCloseable {
  private final Admin admin;

  /**
   * @param patience for one answer
   */
  Broker(String bootstrapServers, Duration patience) {
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "serving-api-watch",
                "metric.reporters",
                "",
                "enable.metrics.push",
                false,
                "reconnect.backoff.max.ms",
                1_000L,
                "request.timeout.ms",
                Math.toIntExact(patience.toMillis()),
                "default.api.timeout.ms",
                Math.toIntExact(patience.toMillis())));
  }

  CompletionStage<Optional<String>> look() {
    return admin
        .describeCluster()
        .nodes()
        .toCompletionStage()
        .handle(
            (nodes, failure) ->
                failure == null && !nodes.isEmpty()
                    ? Optional.empty()
                    : Optional.of("the broker does not answer"));
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
