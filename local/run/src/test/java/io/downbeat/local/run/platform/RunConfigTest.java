package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunConfigTest {
  private static RunConfig with(String settings) {
    Config all =
        ConfigFactory.parseString(settings)
            .withFallback(ConfigFactory.parseResources("reference.conf"))
            .resolve();
    return RunConfig.from(all);
  }

  @Test
  void hasTheDocumentedDefaults() {
    assertThat(with(""))
        .isEqualTo(
            new RunConfig(
                new RunConfig.Ports(
                    8080, 8081, 8082, 8083, 8084, 8085, 8181, 9092, 9093, 9042, 7000),
                new RunConfig.Heaps(192L << 20, 256L << 20, 1L << 30, 1280L << 20),
                36,
                "hashmap"));
  }

  @Test
  void everyKeyHasAName() {
    RunConfig config =
        with(
            """
            downbeat {
              ports {
                api = 1, ingest = 2, serving = 3, flink = 4, flink-metrics = 5, registry = 6
                lake-catalog = 7, kafka = 8, kafka-controller = 9, cassandra = 10, cassandra-storage = 11
              }
              heaps { ingest-api = 1m, serving-api = 2m, stream-jobs = 3m, batch-jobs = 4m }
              open-window-days = 5
              state-backend = rocksdb
            }
            """);
    assertThat(config)
        .isEqualTo(
            new RunConfig(
                new RunConfig.Ports(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
                new RunConfig.Heaps(1 << 20, 2 << 20, 3 << 20, 4 << 20),
                5,
                "rocksdb"));
  }

  @Test
  void theOffsetMovesEveryPort() {
    RunConfig.Ports moved = with("downbeat.port-offset = 10000").ports();
    RunConfig.Ports usual = with("").ports();
    usual
        .byName()
        .forEach((name, port) -> assertThat(moved.byName()).containsEntry(name, port + 10_000));
  }

  @Test
  void onePortForTwoThingsIsRefused() {
    assertThatThrownBy(() -> with("downbeat.ports.kafka = 8080"))
        .hasMessageContaining("8080")
        .hasMessageContaining("api")
        .hasMessageContaining("kafka");
  }

  @Test
  void aPortThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> with("downbeat.port-offset = 60000"))
        .hasMessageContaining("68080")
        .hasMessageContaining("65535");
  }

  @Test
  void anUnknownStateBackendIsRefused() {
    assertThatThrownBy(() -> with("downbeat.state-backend = disk"))
        .hasMessageContaining("disk")
        .hasMessageContaining("rocksdb");
  }

  @Test
  void aFileOverridesOnlyWhatItNames(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("downbeat.conf");
    Files.writeString(file, "downbeat.ports.api = 18080");
    RunConfig.Ports ports = RunConfig.load(file).ports();
    assertThat(ports.api()).isEqualTo(18_080);
    assertThat(ports.registry()).isEqualTo(8085);
  }

  @Test
  void aBrokenFileIsNamed(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("downbeat.conf");
    Files.writeString(file, "downbeat.ports.api = many");
    assertThatThrownBy(() -> RunConfig.load(file))
        .hasMessageContaining("downbeat.conf")
        .hasMessageContaining("downbeat.ports.api");
  }
}
