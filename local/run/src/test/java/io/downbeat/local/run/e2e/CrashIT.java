package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ./downbeat bench crash}, without the full disks. */
class CrashIT {
  @TempDir Path directory;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void everyAcknowledgedPlayCountsOnceWhateverBreaks() throws Exception {
    try (LocalPlatform platform = new LocalPlatform(directory)) {
      String said = platform.run("bench", "crash", "--quick", "--faults=kill,pause,cut");
      List<String> lines = said.lines().toList();
      JsonNode result = new JsonMapper().readTree(lines.get(lines.size() - 1));
      JsonNode metrics = result.path("metrics");
      assertThat(result.path("met").asBoolean()).as(said).isTrue();
      assertThat(
              List.of(
                  "kill_ingest_api",
                  "kill_stream_jobs",
                  "kill_kafka",
                  "kill_cassandra",
                  "kill_lake_catalog",
                  "pause_kafka",
                  "cut_connections"))
          .as(said)
          .allSatisfy(fault -> assertThat(metrics.path(fault).asInt()).isEqualTo(1));
      assertThat(metrics.path("acked").asLong())
          .isPositive()
          .isEqualTo(metrics.path("lake_rows").asLong())
          .isEqualTo(metrics.path("counted").asLong());
      assertThat(metrics.path("reads").asLong()).isPositive();
    }
  }
}
