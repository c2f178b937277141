package io.downbeat.stream.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogPositionTest {

  @Test
  void liesBesideTheSavepointThatItBelongsTo(@TempDir Path savepoint) throws IOException {
    String uri = savepoint.toUri().toString();
    assertThat(LogPosition.read(uri)).as("an ordinary one").isEmpty();
    LogPosition position = new LogPosition(Map.of(0, 17L, 11, 9_000_000_000L));
    position.write(uri);
    assertThat(LogPosition.read(uri)).contains(position);
  }
}
