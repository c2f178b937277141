package io.downbeat.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceKeyTest {

  private static final String KEY = "0123456789abcdef";

  @TempDir Path directory;

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("service-key"), content);
  }

  @Test
  void onlyTheKeyItselfIsLetIn() throws IOException {
    ServiceKey key = ServiceKey.read(file(KEY + "\n"));

    assertThat(key.isIn("Bearer " + KEY)).isTrue();
    assertThat(key.isIn("bearer  " + KEY)).isTrue();
    assertThat(key.isIn(null)).isFalse();
    assertThat(key.isIn("")).isFalse();
    assertThat(key.isIn(KEY)).isFalse();
    assertThat(key.isIn("Bearer ")).isFalse();
    assertThat(key.isIn("Bearer " + KEY + "0")).isFalse();
    assertThat(key.isIn("Bearer " + KEY.substring(1))).isFalse();
    assertThat(key.toString()).doesNotContain(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "two keys in one file", "0123456789abcd\u00e9f"})
  void whatIsNoKeyIsRefusedWithoutShowingIt(String content) throws IOException {
    Path file = file(content);
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
