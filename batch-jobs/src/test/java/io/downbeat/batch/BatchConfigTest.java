package io.downbeat.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.recommendations.Als;
import io.downbeat.batch.recommendations.Training;
import io.downbeat.schemas.rules.OpenWindow;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchConfigTest {

  @Test
  void defaultsSuitOneMachine() {
    assertThat(BatchConfig.from(ConfigFactory.defaultReference()))
        .isEqualTo(
            new BatchConfig(
                new KafkaCatalog.Settings(
                    "127.0.0.1:9092", "", "http://127.0.0.1:8085/apis/ccompat/v7"),
                new CassandraCluster("127.0.0.1:9042", "datacenter1", "downbeat"),
                new Lake.Settings("http://127.0.0.1:8181", "lake"),
                Path.of("batch.lock").toAbsolutePath(),
                new OpenWindow(36),
                new Training.Settings(
                    new Als.Settings(64, 10, 20, 8),
                    5,
                    3,
                    Duration.ofDays(7),
                    Duration.ofDays(30),
                    50)));
  }

  @Test
  void anAddressWithoutAPortIsRefused() {
    assertThatThrownBy(() -> new CassandraCluster("localhost", "datacenter1", "downbeat"))
        .hasMessageContaining("'localhost': expected host:port");
  }
}
