package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  @TempDir Path state;

  private Path checkpoint(String path, boolean complete) throws IOException {
    Path checkpoint = Files.createDirectories(state.resolve("checkpoints").resolve(path));
    if (complete) {
      Files.createFile(checkpoint.resolve("_metadata"));
    }
    return checkpoint;
  }

  private Path savepoint(String name, long number) throws IOException {
    Path savepoint = Files.createDirectories(state.resolve("savepoints").resolve(name));
    try (OutputStream out = Files.newOutputStream(savepoint.resolve("_metadata"))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(number, List.of(), List.of(), null), out);
    }
    return savepoint;
  }

  @Test
  void newestIsTheHighestNumberOfAnyJob() throws IOException {
    checkpoint("first/chk-9", true);
    Path newest = checkpoint("second/chk-10", true);
    checkpoint("second/shared", false);
    assertThat(Checkpoint.newest(state)).contains(new Checkpoint(newest, 10, false));
  }

  @Test
  void savepointsAreNumberedTogetherWithCheckpoints() throws IOException {
    checkpoint("first/chk-9", true);
    Path savepoint = savepoint("savepoint-1f-2e", 10);
    assertThat(Checkpoint.newest(state)).contains(new Checkpoint(savepoint, 10, true));
    Path newest = checkpoint("second/chk-11", true);
    assertThat(Checkpoint.newest(state)).contains(new Checkpoint(newest, 11, false));
  }

  @Test
  void halfWrittenOneIsPassedOver() throws IOException {
    Path whole = checkpoint("job/chk-3", true);
    checkpoint("job/chk-4", false);
    Files.createDirectories(state.resolve("savepoints/savepoint-1f-2e"));
    assertThat(Checkpoint.newest(state)).contains(new Checkpoint(whole, 3, false));
  }

  @Test
  void thereIsNoneBeforeTheFirstStart() throws IOException {
    assertThat(Checkpoint.newest(state.resolve("absent"))).isEmpty();
    assertThat(Checkpoint.newest(state)).isEmpty();
  }
}
