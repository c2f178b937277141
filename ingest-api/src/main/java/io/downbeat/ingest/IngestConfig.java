package io.downbeat.ingest;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/** Settings of ingest-api; {@code reference.conf} says what each is for. */
record IngestConfig(
    Http http, Path serviceKeyFile, Kafka kafka, Registry registry, Plays plays, Catalog catalog) {

  record Http(String host, int port, int threads, int connections, Duration idle, Duration stop) {}

  record Kafka(
      String bootstrapServers,
      String topicPrefix,
      Duration deliveryTimeout,
      Duration requestTimeout,
      Duration linger,
      long bufferBytes) {}

  record Registry(String url, Duration patience) {}

  record Plays(int bodyBytes, long inFlightBytes, Duration read) {}

  record Catalog(int imports, int lineBytes, int windowBytes) {}

  static IngestConfig from(Config config) {
    Config ingest = config.getConfig("downbeat.ingest");
    if (!ingest.hasPath("service-key-file")) {
      throw new IllegalArgumentException(
          "Cannot start without a service key: set SERVICE_KEY_FILE to a file that holds one");
    }
    return new IngestConfig(
        new Http(
            ingest.getString("http.host"),
            ingest.getInt("http.port"),
            ingest.getInt("http.threads"),
            ingest.getInt("http.connections"),
            ingest.getDuration("http.idle"),
            ingest.getDuration("http.stop")),
        Path.of(ingest.getString("service-key-file")),
        new Kafka(
            ingest.getString("kafka.bootstrap-servers"),
            ingest.getString("kafka.topic-prefix"),
            ingest.getDuration("kafka.delivery-timeout"),
            ingest.getDuration("kafka.request-timeout"),
            ingest.getDuration("kafka.linger"),
            ingest.getBytes("kafka.buffer")),
        new Registry(
            ingest.getString("schema-registry.url"),
            ingest.getDuration("schema-registry.patience")),
        new Plays(
            Math.toIntExact(ingest.getBytes("plays.body")),
            ingest.getBytes("plays.in-flight"),
            ingest.getDuration("plays.read")),
        new Catalog(
            ingest.getInt("catalog.imports"),
            Math.toIntExact(ingest.getBytes("catalog.line")),
            Math.toIntExact(ingest.getBytes("catalog.window"))));
  }
}
