package io.downbeat.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.platform.Snapshot;
import io.downbeat.local.run.platform.Snapshot.PartView;
import io.downbeat.local.run.supervise.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static boolean ready(PartView... parts) {
    return Report.of(new Snapshot(List.of(parts)), 1, NOW, NOW, Map.of("kafka", "127.0.0.1:9092"))
        .ready();
  }

  private static PartView part(String name, Phase phase) {
    return new PartView(name, phase, NOW, 0, OptionalLong.empty(), "");
  }

  @Test
  void aSupervisorThatHasStartedNothingYetIsNotReady() {
    assertThat(ready()).isFalse();
  }

  @Test
  void readyIsWhenProcessesAndWorkAre() {
    assertThat(ready(part("kafka", Phase.READY), part("topics", Phase.STARTING))).isFalse();
    assertThat(ready(part("kafka", Phase.READY), part("topics", Phase.READY))).isTrue();
  }
}
