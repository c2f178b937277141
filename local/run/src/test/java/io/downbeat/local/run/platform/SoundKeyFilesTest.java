package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundKeyFilesTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:05:30Z");

  @TempDir Path directory;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theFirstKeySignsAtOnceAndStays() throws IOException {
    SoundKeyFiles.ensure(directory, NOW);
    String first = Files.readString(directory.resolve("202601311205"));
    SoundKeyFiles.ensure(directory, NOW.plus(Duration.ofDays(29)));

    assertThat(names()).containsExactly("202601311205");
    assertThat(directory.resolve("202601311205")).hasContent(first);
  }

  @Test
  void aKeyThatGrewOldGetsASuccessorWhichIsKnownBeforeItSigns() throws IOException {
    SoundKeyFiles.ensure(directory, NOW);
    SoundKeyFiles.ensure(directory, NOW.plus(Duration.ofDays(31)));

    assertThat(names()).containsExactly("202601311205", "202603031207");
  }

  @Test
  void aKeyGoesOnceItsSuccessorHasSignedForLongerThanUrlsLive() throws IOException {
    SoundKeyFiles.ensure(directory, NOW);
    assertThat(SoundKeyFiles.rotate(directory, NOW)).isEqualTo("2026-01-31T12:07:00Z");
    SoundKeyFiles.rotate(directory, NOW.plus(Duration.ofMinutes(30)));
    assertThat(names()).containsExactly("202601311205", "202601311207", "202601311237");

    SoundKeyFiles.rotate(directory, NOW.plus(Duration.ofMinutes(70)));
    assertThat(names()).containsExactly("202601311207", "202601311237", "202601311317");
  }

  @Test
  void aFileNamedByNoMinuteIsNamedAndNothingIsMade() throws IOException {
    Files.writeString(directory.resolve("202613311205"), "key");
    assertThatThrownBy(() -> SoundKeyFiles.rotate(directory, NOW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("202613311205")
        .hasMessageContaining("202601311205");
    assertThat(names()).containsExactly("202613311205");
  }
}
