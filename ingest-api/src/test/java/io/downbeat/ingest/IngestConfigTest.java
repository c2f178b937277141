package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IngestConfigTest {

  /** Without the environment, so that the test means the same everywhere. */
  private static IngestConfig with(Map<String, ?> settings) {
    Config reference =
        ConfigFactory.parseResources("reference.conf")
            .resolve(
                com.typesafe.config.ConfigResolveOptions.defaults().setUseSystemEnvironment(false));
    return IngestConfig.from(ConfigFactory.parseMap(settings).withFallback(reference));
  }

  @Test
  void defaults() {
    assertThat(with(Map.of("downbeat.ingest.service-key-file", "key")))
        .isEqualTo(
            new IngestConfig(
                new IngestConfig.Http(
                    "127.0.0.1", 8081, 32, 1024, Duration.ofSeconds(30), Duration.ofSeconds(12)),
                Path.of("key"),
                new IngestConfig.Kafka(
                    "127.0.0.1:9092",
                    "",
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(5),
                    48 << 20),
                new IngestConfig.Registry(
                    "http://127.0.0.1:8085/apis/ccompat/v7", Duration.ofSeconds(60)),
                new IngestConfig.Plays(2 << 20, 16 << 20, Duration.ofSeconds(15)),
                new IngestConfig.Catalog(4, 64 << 10, 2 << 20)));
  }

  @Test
  void keys() {
    IngestConfig config =
        with(
            Map.ofEntries(
                Map.entry("downbeat.ingest.http.host", "0.0.0.0"),
                Map.entry("downbeat.ingest.http.port", 1),
                Map.entry("downbeat.ingest.http.threads", 2),
                Map.entry("downbeat.ingest.http.connections", 3),
                Map.entry("downbeat.ingest.http.idle", "4 s"),
                Map.entry("downbeat.ingest.http.stop", "5 s"),
                Map.entry("downbeat.ingest.service-key-file", "/k"),
                Map.entry("downbeat.ingest.kafka.bootstrap-servers", "b:1"),
                Map.entry("downbeat.ingest.kafka.topic-prefix", "p-"),
                Map.entry("downbeat.ingest.kafka.delivery-timeout", "6 s"),
                Map.entry("downbeat.ingest.kafka.request-timeout", "7 s"),
                Map.entry("downbeat.ingest.kafka.linger", "8 ms"),
                Map.entry("downbeat.ingest.kafka.buffer", "9 B"),
                Map.entry("downbeat.ingest.schema-registry.url", "http://r"),
                Map.entry("downbeat.ingest.schema-registry.patience", "10 s"),
                Map.entry("downbeat.ingest.plays.body", "11 B"),
                Map.entry("downbeat.ingest.plays.in-flight", "12 B"),
                Map.entry("downbeat.ingest.plays.read", "13 s"),
                Map.entry("downbeat.ingest.catalog.imports", 14),
                Map.entry("downbeat.ingest.catalog.line", "15 B"),
                Map.entry("downbeat.ingest.catalog.window", "16 B")));

    assertThat(config)
        .isEqualTo(
            new IngestConfig(
                new IngestConfig.Http(
                    "0.0.0.0", 1, 2, 3, Duration.ofSeconds(4), Duration.ofSeconds(5)),
                Path.of("/k"),
                new IngestConfig.Kafka(
                    "b:1",
                    "p-",
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(7),
                    Duration.ofMillis(8),
                    9),
                new IngestConfig.Registry("http://r", Duration.ofSeconds(10)),
                new IngestConfig.Plays(11, 12, Duration.ofSeconds(13)),
                new IngestConfig.Catalog(14, 15, 16)));
  }

  @Test
  void withoutAKeyFileItSaysWhatToSet() {
    assertThatThrownBy(() -> with(Map.of())).hasMessageContaining("SERVICE_KEY_FILE");
  }
}
