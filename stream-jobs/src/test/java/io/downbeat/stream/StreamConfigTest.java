package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.downbeat.schemas.rules.OpenWindow;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;

class StreamConfigTest {

  @Test
  void defaultsSuitOneMachine() {
    assertThat(StreamConfig.from(ConfigFactory.defaultReference()))
        .isEqualTo(
            new StreamConfig(
                "127.0.0.1:9092",
                "",
                "http://127.0.0.1:8085/apis/ccompat/v7",
                "127.0.0.1:9042",
                "datacenter1",
                "downbeat",
                "http://127.0.0.1:8181",
                "lake",
                Path.of("state").toAbsolutePath(),
                "hashmap",
                MemorySize.ofMebiBytes(256),
                Duration.ofSeconds(10),
                Duration.ofDays(45),
                Duration.ofDays(400),
                new OpenWindow(36),
                Duration.ofMillis(500),
                2,
                8083,
                8084));
  }
}
