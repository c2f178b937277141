package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.supervise.Phase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00.123Z");

  @Test
  void isReadAsItWasWritten(@TempDir Path directory) {
    Snapshot snapshot =
        new Snapshot(
            List.of(
                new Snapshot.PartView("kafka", Phase.READY, SINCE, 2, OptionalLong.of(42), ""),
                new Snapshot.PartView(
                    "cassandra",
                    Phase.BACKING_OFF,
                    SINCE,
                    1,
                    OptionalLong.empty(),
                    "was \"killed\"")));
    Path file = directory.resolve("supervisor.json");
    snapshot.write(file);
    assertThat(Snapshot.read(file)).contains(snapshot);
    assertThat(snapshot.allReady()).isFalse();
  }

  @Test
  void nothingIsReadWhereNothingWasWritten(@TempDir Path directory) {
    assertThat(Snapshot.read(directory.resolve("supervisor.json"))).isEmpty();
  }

  @Test
  void noPartsAreNotReady() {
    assertThat(new Snapshot(List.of()).allReady()).isFalse();
  }
}
