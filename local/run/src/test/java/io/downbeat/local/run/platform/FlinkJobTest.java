package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
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
    assertThat(FlinkJob.hasRunningJob(new JsonMapper().readTree(overview))).isEqualTo(runs);
  }

  @Test
  void noJobDoesNotRun() throws Exception {
    assertThat(FlinkJob.hasRunningJob(new JsonMapper().readTree("{\"jobs\":[]}"))).isFalse();
  }
}
