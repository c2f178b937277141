package io.downbeat.ingest.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceKeyTest {
  @TempDir Path directory;

  @Test
  void aFileWithoutAKeyIsNamedAndNotShown() throws IOException {
    Path file = Files.writeString(directory.resolve("service-key"), "short");
    assertThatThrownBy(() -> ServiceKey.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot use service key file %s: it must hold one key of 16 to 1024 visible ASCII"
                + " characters",
            file);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ServiceKey.read(directory.resolve("none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none: NoSuchFileException");
  }
}
