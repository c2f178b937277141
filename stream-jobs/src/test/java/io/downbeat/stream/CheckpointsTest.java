package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  @TempDir Path dir;

  private Path checkpoint(String path, boolean complete) throws IOException {
    Path checkpoint = Files.createDirectories(dir.resolve(path));
    if (complete) {
      Files.createFile(checkpoint.resolve("_metadata"));
    }
    return checkpoint;
  }

  @Test
  void newestIsTheHighestNumberOfAnyJob() throws IOException {
    checkpoint("first/chk-9", true);
    Path newest = checkpoint("second/chk-10", true);
    checkpoint("second/shared", false);
    assertThat(Checkpoints.newest(dir)).contains(newest);
  }

  @Test
  void halfWrittenOneIsPassedOver() throws IOException {
    Path whole = checkpoint("job/chk-3", true);
    checkpoint("job/chk-4", false);
    assertThat(Checkpoints.newest(dir)).contains(whole);
  }

  @Test
  void thereIsNoneBeforeTheFirstStart() throws IOException {
    assertThat(Checkpoints.newest(dir.resolve("absent"))).isEmpty();
    assertThat(Checkpoints.newest(dir)).isEmpty();
  }
}
