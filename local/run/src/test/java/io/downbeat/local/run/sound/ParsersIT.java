package io.downbeat.local.run.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.platform.Home;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others' parsers of HLS, DASH and MP4 read in a sound. They come from npm. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParsersIT {
  private static final Path PARSERS = Path.of("src/test/resources/parsers").toAbsolutePath();
  private static final int RATE = 44_100;
  private static final int SECONDS = 31;

  /** Samples that ffmpeg's encoder puts before the sound. */
  private static final int PRIMING = 1_024;

  @TempDir private static Path directory;

  private JsonNode read;

  @BeforeAll
  void parse() throws Exception {
    assumeTrue(isThere("npm"), "The parsers come from npm");
    for (String file : List.of("package.json", "check.mjs")) {
      Files.copy(PARSERS.resolve(file), directory.resolve(file));
    }
    run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund");
    Home home = new Home(directory, directory.resolve("data"));
    String content = SoundLibrary.open(home).add(noise(directory.resolve("noise.wav")));
    read =
        Json.MAPPER.readTree(run("node", "check.mjs", home.sounds().resolve(content).toString()));
  }

  @Test
  void hlsAndDashNameTheSameQualities() {
    assertThat(read.path("variantsToo").toString())
        .isEqualTo("[\"96/index.m3u8\",\"160/index.m3u8\",\"256/index.m3u8\"]");
    assertThat(read.path("variants").findValuesAsText("uri"))
        .containsExactly("96/index.m3u8", "160/index.m3u8", "256/index.m3u8");
    assertThat(read.path("variants").findValuesAsText("codecs")).containsOnly("mp4a.40.2");
    assertThat(read.path("representations").findValuesAsText("id"))
        .containsExactly("96", "160", "256");
    assertThat(read.path("representations").findValuesAsText("bandwidth"))
        .isEqualTo(read.path("variants").findValuesAsText("bandwidth"));
  }

  @Test
  void playlistsAndTheIndexOfTheFileNameTheSameSegments() {
    for (JsonNode quality : read.path("qualities")) {
      assertThat(quality.path("ended").asBoolean()).isTrue();
      assertThat(quality.path("segments")).isEqualTo(quality.path("segmentsToo")).hasSize(9);
      long end = 0;
      for (int i = 0; i < quality.path("segments").size(); i++) {
        JsonNode segment = quality.path("segments").path(i);
        JsonNode reference = quality.path("file").path("index").path(i);
        assertThat(segment.path("length").asLong()).isEqualTo(reference.path("bytes").asLong());
        assertThat(segment.path("seconds").asDouble())
            .isCloseTo(reference.path("samples").asDouble() / RATE, within(1e-6));
        assertThat(reference.path("sap").asInt()).isEqualTo(1);
        assertThat(end).isIn(0L, segment.path("offset").asLong());
        end = segment.path("offset").asLong() + segment.path("length").asLong();
      }
    }
  }

  @Test
  void everyQualityIsCutAtTheSameSamples() {
    JsonNode lowest = read.path("qualities").path(0);
    for (JsonNode quality : read.path("qualities")) {
      assertThat(quality.at("/file/index").findValuesAsText("samples"))
          .isEqualTo(lowest.at("/file/index").findValuesAsText("samples"));
      assertThat(quality.at("/file/samples").asLong()).isEqualTo(PRIMING + (long) RATE * SECONDS);
    }
    assertThat(read.path("duration").asDouble())
        .isCloseTo(SECONDS + PRIMING / (double) RATE, within(1e-3));
  }

  @Test
  void theFilesAreFragmentedAacThatBeginsAtOnce() {
    for (JsonNode quality : read.path("qualities")) {
      assertThat(quality.at("/file/codec").asText()).isEqualTo("mp4a.40.2");
      assertThat(quality.at("/file/fragmented").asBoolean()).isTrue();
      assertThat(quality.at("/file/brands").toString()).contains("\"cmfc\"");
      assertThat(quality.at("/segments/0/seconds").asDouble()).isBetween(.9, 1.1);
    }
    JsonNode first = read.at("/qualities/0/segments/0");
    assertThat(first.path("offset").asLong() + first.path("length").asLong())
        .as("header, index and first segment of the lowest quality")
        .isLessThanOrEqualTo(14 << 10);
  }

  /** Nothing is harder to encode. */
  private static Path noise(Path file) throws IOException {
    byte[] samples = new byte[4 * RATE * SECONDS];
    Random random = new Random(3);
    for (int i = 0; i < samples.length; i += 2) {
      int sample = (int) (4_000 * random.nextGaussian());
      samples[i] = (byte) sample;
      samples[i + 1] = (byte) (sample >> 8);
    }
    try (AudioInputStream in =
        new AudioInputStream(
            new ByteArrayInputStream(samples),
            new AudioFormat(RATE, 16, 2, true, false),
            samples.length / 4)) {
      AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
    }
    return file;
  }

  private static boolean isThere(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0)
        .as("%s: %s", List.of(command), Files.readString(directory.resolve("err")))
        .isTrue();
    return Files.readString(out);
  }
}
