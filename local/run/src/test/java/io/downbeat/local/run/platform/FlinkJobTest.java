package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.platform.FlinkJob.Stop;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkJobTest {
  @ParameterizedTest
  @CsvSource({"RUNNING,4,4,true", "RUNNING,3,4,false", "RESTARTING,0,4,false", "FAILED,0,4,false"})
  void runsWhenAllItsTasksRun(String state, int running, int total, boolean runs) throws Exception {
    String overview =
        "{\"jobs\":[{\"jid\":\"a\",\"name\":\"plays\",\"state\":\"%s\",\"tasks\":{\"running\":%d,\"total\":%d}}]}"
            .formatted(state, running, total);
    assertThat(FlinkJob.runningJob(new JsonMapper().readTree(overview)))
        .isEqualTo(runs ? Optional.of("a") : Optional.empty());
  }

  @Test
  void noJobDoesNotRun() throws Exception {
    assertThat(FlinkJob.runningJob(new JsonMapper().readTree("{\"jobs\":[]}"))).isEmpty();
  }

  @Test
  void whatAJobFailedByIsTold() throws Exception {
    String failed = "{\"exceptionHistory\":{\"entries\":[{\"stacktrace\":\"x\\n\\tat y\"}]}}";
    assertThat(FlinkJob.failure(new JsonMapper().readTree(failed))).contains("x\n\tat y");
    String none = "{\"exceptionHistory\":{\"entries\":[],\"truncated\":false}}";
    assertThat(FlinkJob.failure(new JsonMapper().readTree(none))).isEmpty();
  }

  @Test
  void aSavepointThatFailedIsToldWithItsReason() throws Exception {
    String failed = "{\"failure-cause\":{\"stack-trace\":\"Task x declined\\n\\tat y\"}}";
    assertThat(FlinkJob.outcome(new JsonMapper().readTree(failed)))
        .isEqualTo(new Stop.Failed("Task x declined"));
    String done = "{\"location\":\"file:/state/savepoints/savepoint-1-2\"}";
    assertThat(FlinkJob.outcome(new JsonMapper().readTree(done)))
        .isEqualTo(new Stop.Stopped(Path.of("/state/savepoints/savepoint-1-2")));
  }
}
