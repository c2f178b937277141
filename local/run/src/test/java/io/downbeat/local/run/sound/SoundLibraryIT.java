package io.downbeat.local.run.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ffmpeg that comes with Downbeat makes of files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SoundLibraryIT {
  private static final int MOST_TO_BEGIN = 14_000;
  private static final Pattern SEGMENT =
      Pattern.compile("#EXTINF:([0-9.]+),\n#EXT-X-BYTERANGE:(\\d+)@(\\d+)\nsound\\.mp4\n");
  private static final Pattern MAP =
      Pattern.compile("#EXT-X-MAP:URI=\"sound\\.mp4\",BYTERANGE=\"(\\d+)@0\"");

  @TempDir private static Path folder;

  private MadeMusic music;
  private SoundLibrary library;

  @BeforeAll
  void open() throws Exception {
    music = MadeMusic.withBundled();
    library = new SoundLibrary(folder.resolve("sounds"), music.ffmpeg());
  }

  private Path sound(String content) {
    return folder.resolve("sounds").resolve(content);
  }

  private JsonNode json(String content) throws IOException {
    return Json.MAPPER.readTree(sound(content).resolve("sound.json").toFile());
  }

  private record Segment(double seconds, long bytes, long offset) {}

  private List<Segment> playlist(Path quality) throws IOException {
    Matcher matcher = SEGMENT.matcher(Files.readString(quality.resolve("index.m3u8")));
    List<Segment> segments = new ArrayList<>();
    while (matcher.find()) {
      segments.add(
          new Segment(
              Double.parseDouble(matcher.group(1)),
              Long.parseLong(matcher.group(2)),
              Long.parseLong(matcher.group(3))));
    }
    return segments;
  }

  @Test
  void aSoundIsAFolderOfThreeQualitiesOfOneFileEach() throws Exception {
    String content = library.add(music.noise(folder.resolve("layout.flac"), 44_100, 11));

    assertThat(content).matches("[0-9a-f]{32}");
    try (Stream<Path> all = Files.walk(sound(content))) {
      assertThat(
              all.filter(Files::isRegularFile).map(sound(content)::relativize).map(Path::toString))
          .containsExactlyInAnyOrder(
              "96/sound.mp4",
              "96/index.m3u8",
              "160/sound.mp4",
              "160/index.m3u8",
              "256/sound.mp4",
              "256/index.m3u8",
              "96.m3u8",
              "160.m3u8",
              "256.m3u8",
              "96.mpd",
              "160.mpd",
              "256.mpd",
              "sound.json");
    }
    JsonNode json = json(content);
    assertThat(json.path("sample_rate").asInt()).isEqualTo(44_100);
    assertThat(json.path("samples").asLong()).isEqualTo(11 * 44_100);
    assertThat(json.path("priming").asInt()).isEqualTo(1_024);
    assertThat(json.path("duration_millis").asLong()).isEqualTo(11_000);
    assertThat(json.path("lufs").asDouble()).isBetween(-40.0, 0.0);
    assertThat(json.path("peak_dbfs").asDouble()).isBetween(-30.0, 6.0);
    assertThat(library.durationMillis(content)).isEqualTo(11_000);
    for (String quality : List.of("96", "160", "256")) {
      assertThat(json.path("qualities").path(quality).path("bytes").asLong())
          .isEqualTo(Files.size(sound(content).resolve(quality + "/sound.mp4")));
    }
    assertThat(Files.readString(sound(content).resolve("160.m3u8")))
        .contains("96/index.m3u8", "160/index.m3u8")
        .doesNotContain("256");
    assertThat(Files.readString(sound(content).resolve("160.mpd")))
        .contains("96/sound.mp4", "160/sound.mp4")
        .doesNotContain("256");
  }

  @ParameterizedTest
  @CsvSource({"44100, 2", "48000, 2", "96000, 1", "8000, 1", "22050, 2"})
  void segmentsAreTheSameInAllQualitiesAndTheFirstIsSmall(int sampleRate, int channels)
      throws Exception {
    Path file = folder.resolve(sampleRate + ".wav");
    String content =
        library.add(music.noise(file, sampleRate, 14.3, "-ac", Integer.toString(channels)));

    List<Double> lengths = null;
    for (String name : List.of("96", "160", "256")) {
      Path quality = sound(content).resolve(name);
      List<Segment> segments = playlist(quality);
      List<Double> these = segments.stream().map(Segment::seconds).toList();
      lengths = lengths == null ? these : lengths;
      assertThat(these).isEqualTo(lengths);
      assertThat(these.get(0)).isBetween(0.9, 1.1);
      assertThat(these.subList(1, these.size() - 1))
          .isNotEmpty()
          .allSatisfy(seconds -> assertThat(seconds).isBetween(3.9, 4.2));

      agreesWithIndex(Files.readAllBytes(quality.resolve("sound.mp4")), quality, segments);
      assertThat(json(content).path("qualities").path(name).path("first_end").asLong())
          .isEqualTo(segments.get(1).offset());
    }
    assertThat(playlist(sound(content).resolve("96")).get(0).bytes())
        .isLessThanOrEqualTo(MOST_TO_BEGIN);
    assertThat(json(content).path("duration_millis").asLong()).isEqualTo(14_300);
  }

  @Test
  void noiseOfFullLoudnessBeginsWithAtMost14KilobytesToo() throws Exception {
    String content =
        library.add(
            music.from(
                folder.resolve("white.flac"),
                List.of("-f", "lavfi", "-i", "anoisesrc=r=44100:d=6:c=white:a=1"),
                "-ac",
                "2"));

    assertThat(playlist(sound(content).resolve("96")).get(0).bytes())
        .isLessThanOrEqualTo(MOST_TO_BEGIN);
  }

  /** Header, then the index, then the segments that playlist and index name alike, to the end. */
  private void agreesWithIndex(byte[] file, Path quality, List<Segment> segments)
      throws IOException {
    Matcher map = MAP.matcher(Files.readString(quality.resolve("index.m3u8")));
    assertThat(map.find()).isTrue();
    int header = Integer.parseInt(map.group(1));
    ByteBuffer bytes = ByteBuffer.wrap(file);
    assertThat(type(file, 0)).isEqualTo("ftyp");
    assertThat(type(file, bytes.getInt(0))).isEqualTo("moov");
    assertThat(bytes.getInt(0) + bytes.getInt(bytes.getInt(0))).isEqualTo(header);
    assertThat(type(file, header)).isEqualTo("sidx");
    int timescale = bytes.getInt(header + 16);
    assertThat(bytes.getShort(header + 30)).isEqualTo((short) segments.size());
    long offset = header + bytes.getInt(header);
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      assertThat(segment.offset()).isEqualTo(offset);
      assertThat(type(file, (int) offset)).isEqualTo("moof");
      assertThat((long) bytes.getInt(header + 32 + 12 * i)).isEqualTo(segment.bytes());
      assertThat(bytes.getInt(header + 36 + 12 * i) / (double) timescale)
          .isCloseTo(segment.seconds(), org.assertj.core.data.Offset.offset(1e-6));
      offset += segment.bytes();
    }
    assertThat(offset).isEqualTo(file.length);
  }

  private static String type(byte[] file, int box) {
    return new String(file, box + 4, 4, StandardCharsets.US_ASCII);
  }

  @Test
  void twoTracksThatWereCutFromOneAtASampleAreAsLongAsTheWhole() throws Exception {
    Path whole = music.noise(folder.resolve("whole.wav"), 44_100, 7);
    int cut = 123_457;
    List<String> from = List.of("-i", whole.toString());
    Path first = music.from(folder.resolve("first.flac"), from, "-af", "atrim=end_sample=" + cut);
    Path second =
        music.from(
            folder.resolve("second.flac"),
            from,
            "-af",
            "atrim=start_sample=" + cut + ",asetpts=PTS-STARTPTS");

    String a = library.add(first);
    String b = library.add(second);

    assertThat(json(a).path("samples").asLong()).isEqualTo(cut);
    assertThat(json(b).path("samples").asLong()).isEqualTo(7 * 44_100 - cut);
    // What decoders give are whole frames of 1024, of which the count says where the sound ends.
    for (String content : List.of(a, b)) {
      long samples = json(content).path("samples").asLong();
      assertThat(
              music.samplesOf(
                  sound(content).resolve("160/sound.mp4"), folder.resolve("decoded.wav")))
          .isBetween(samples, samples + 1_023 + 22);
    }
  }

  @Test
  void theSecondTimeNothingIsEncodedAndOfTwoAtOnceOneIsKept() throws Exception {
    Path file = music.noise(folder.resolve("again.flac"), 44_100, 3);
    List<Thread> threads = new ArrayList<>();
    List<String> contents = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 2; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  contents.add(library.add(file));
                } catch (IOException | InterruptedException e) {
                  contents.add(e.toString());
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join(Duration.ofMinutes(2).toMillis());
    }
    assertThat(contents).hasSize(2).containsOnly(contents.get(0));

    FileTime made = Files.getLastModifiedTime(sound(contents.get(0)).resolve("sound.json"));
    SoundLibrary.Added added = library.add(file, library.probe(file));

    assertThat(added).isEqualTo(new SoundLibrary.Added(contents.get(0), false));
    assertThat(Files.getLastModifiedTime(sound(added.content()).resolve("sound.json")))
        .isEqualTo(made);
    assertThat(halfMade()).isEmpty();
  }

  private List<Path> halfMade() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("sounds"))) {
      return all.filter(each -> each.getFileName().toString().startsWith(".new-")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flac", "mp3", "m4a", "wav"})
  void aFileThatIsCutOffIsRefusedAndLeavesNothing(String ending) throws Exception {
    Path whole =
        music.noise(folder.resolve("cut-off." + ending), 44_100, 8, "-movflags", "faststart");
    byte[] bytes = Files.readAllBytes(whole);
    Path half =
        Files.write(folder.resolve("half." + ending), Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> library.add(half))
        .isInstanceOf(CannotEncode.class)
        .hasMessageContaining("cut off");
    assertThat(halfMade()).isEmpty();
  }

  @Test
  void whatIsNoSoundIsRefusedWithAReason() throws Exception {
    Path text = Files.writeString(folder.resolve("text.flac"), "Once upon a time.\n".repeat(99));
    Path picture = music.picture(folder.resolve("picture.png"), "64x64");
    Path asMp3 = Files.copy(picture, folder.resolve("picture.mp3"));
    Path empty = Files.createFile(folder.resolve("empty.mp3"));
    Path playlist =
        Files.writeString(
            folder.resolve("playlist.mp3"), "ffconcat version 1.0\nfile layout.flac\n");

    assertThatThrownBy(() -> library.add(text)).isInstanceOf(CannotEncode.class);
    assertThatThrownBy(() -> library.add(asMp3))
        .isInstanceOf(CannotEncode.class)
        .hasMessage("there is no sound in it");
    assertThatThrownBy(() -> library.add(empty))
        .isInstanceOf(CannotEncode.class)
        .hasMessage("it is empty");
    assertThatThrownBy(() -> library.add(playlist)).isInstanceOf(CannotEncode.class);
    assertThatThrownBy(() -> library.add(folder.resolve("nowhere.mp3")))
        .isInstanceOf(CannotEncode.class)
        .hasMessage("it cannot be read (NoSuchFileException)");
  }

  @Test
  void whatIsSilentHasNoLoudness() throws Exception {
    String content =
        library.add(
            music.from(
                folder.resolve("silent.flac"), List.of("-f", "lavfi", "-i", "anullsrc=d=2")));

    assertThat(json(content).has("lufs")).isFalse();
    assertThat(json(content).has("peak_dbfs")).isFalse();
    assertThat(json(content).path("duration_millis").asLong()).isEqualTo(2_000);
  }

  @Test
  void coversAreSquaresOfThreeWidths() throws Exception {
    Path album = Files.createDirectories(folder.resolve("album"));
    Path plain = music.noise(album.resolve("plain.mp3"), 44_100, 2);
    Path own = music.picture(folder.resolve("own.png"), "400x900");
    Path covered = music.withCover(album.resolve("covered.mp3"), plain, own);
    music.picture(album.resolve("Folder.JPG"), "800x300");
    Files.writeString(album.resolve("cover.jpg"), "no picture");

    String inside = library.cover(covered, library.probe(covered)).orElseThrow();
    String beside = library.cover(plain, library.probe(plain)).orElseThrow();

    assertThat(inside).isNotEqualTo(beside);
    for (String url : List.of(inside, beside)) {
      assertThat(url).matches("/covers/[0-9a-f]{32}/640\\.jpg");
      for (int width : List.of(64, 300, 640)) {
        Path file = folder.resolve("sounds" + url).resolveSibling(width + ".jpg");
        java.awt.image.BufferedImage image = javax.imageio.ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(width);
        assertThat(image.getHeight()).isEqualTo(width);
      }
    }
  }

  @Test
  void whatADeadImportLeftIsRemovedAfterADay() throws Exception {
    Path sounds = Files.createDirectories(folder.resolve("others"));
    Path old = Files.createDirectories(sounds.resolve(".new-old/96"));
    Path young = Files.createDirectories(sounds.resolve(".new-young/96"));
    Instant now = Instant.now();
    for (Path each : List.of(old, old.getParent())) {
      Files.setLastModifiedTime(each, FileTime.from(now.minus(Duration.ofHours(25))));
    }

    new Folders(sounds).deleteAbandoned(now);

    assertThat(old.getParent()).doesNotExist();
    assertThat(young).exists();
  }
}
