package io.downbeat.local.run.music;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.downbeat.local.run.simulate.Genre;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ComposerTest {
  @TempDir Path directory;

  private static List<Note> written(Genre genre, long number) {
    return new Composer(Style.of(genre), number).write();
  }

  private static double seconds(Genre genre, long number) {
    Composer composer = new Composer(Style.of(genre), number);
    double beats =
        composer.write().stream().mapToDouble(note -> note.beat() + note.beats()).max().orElse(0);
    return beats * 60 / composer.tempo();
  }

  @ParameterizedTest
  @EnumSource
  void theSameNumberIsTheSamePieceAndAnotherIsAnother(Genre genre) {
    assertThat(written(genre, 0)).isEqualTo(written(genre, 0)).isNotEqualTo(written(genre, 1));
  }

  @ParameterizedTest
  @EnumSource
  void aPieceIsAMinuteOrTwo(Genre genre) {
    assertThat(seconds(genre, 0)).isBetween(40.0, 130.0);
    assertThat(seconds(genre, 1)).isBetween(40.0, 130.0);
  }

  @ParameterizedTest
  @EnumSource
  void everyNoteCanBeHeard(Genre genre) {
    assertThat(written(genre, 0))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            note -> {
              assertThat(note.beat()).isNotNegative();
              assertThat(note.beats()).isPositive();
              assertThat(note.loudness()).isBetween(.1, 1.0);
              assertThat(note.pitch()).isBetween(0, 108);
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"JAZZ", "METAL"})
  void piecesAreAboutAsLoudAndNeverClipped(Genre genre) {
    Composer composer = new Composer(Style.of(genre), 0);
    Sound sound = Sound.of(composer.write(), composer.tempo());
    double sum = 0;
    double most = 0;
    for (int i = 0; i < sound.left().length; i++) {
      sum += sound.left()[i] * sound.left()[i] + sound.right()[i] * sound.right()[i];
      most = Math.max(most, Math.max(Math.abs(sound.left()[i]), Math.abs(sound.right()[i])));
    }

    assertThat(Math.sqrt(sum / (2.0 * sound.left().length))).isCloseTo(.15, within(.03));
    assertThat(most).isBetween(.3, .98);
    assertThat(Math.abs(sound.left()[sound.left().length - 1])).isLessThan(.001f);
  }

  @Test
  void itIsWrittenAsStereoOfACompactDiscsQuality() throws Exception {
    Path file = directory.resolve("piece.wav");
    Sound sound = new Sound(new float[] {0, 1, -1}, new float[] {0, .5f, -.5f});
    sound.write(file);

    try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
      assertThat(in.getFormat().matches(new AudioFormat(44_100, 16, 2, true, false))).isTrue();
      assertThat(in.getFrameLength()).isEqualTo(3);
      assertThat(in.readNBytes(8)).containsExactly(0, 0, 0, 0, 0xff, 0x7f, 0x00, 0x40);
    }
  }
}
