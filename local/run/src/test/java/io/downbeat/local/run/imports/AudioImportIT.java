package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.RecordingApi;
import io.downbeat.local.run.sound.MadeMusic;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, with the ffmpeg that comes with Downbeat. */
final class AudioImportIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static MadeMusic made;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private RecordingApi api;
  private Path music;

  @BeforeAll
  static void unpack() throws Exception {
    made = MadeMusic.withBundled();
  }

  @BeforeEach
  void start() throws IOException {
    api = new RecordingApi();
    music = Files.createDirectories(folder.resolve("music"));
    Files.createDirectories(folder.resolve(".downbeat"));
    Files.writeString(folder.resolve(".downbeat/service-key"), "secret\n");
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : started) {
      kill(process);
    }
    api.close();
  }

  private static void kill(Process process) throws Exception {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  private record Ended(int code, String out, String err) {}

  private Process begin(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Ddownbeat.home=" + folder,
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                ImportCommandTest.Main.class.getName(),
                "audio"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("DOWNBEAT_DATA_DIR");
    builder.environment().put("PATH", "");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Ended run(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--url", api.uri().toString()));
    arguments.addAll(Arrays.asList(more));
    arguments.add(music.toString());
    Process process = begin(arguments.toArray(String[]::new));
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  /** Each sound and cover, and when it was made. */
  private Map<String, FileTime> kept() throws IOException {
    Path sounds = folder.resolve(".downbeat/sounds");
    Map<String, FileTime> kept = new TreeMap<>();
    if (Files.isDirectory(sounds)) {
      Files.walkFileTree(
          sounds,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
              return at.getFileName().toString().startsWith(".new-")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              kept.put(sounds.relativize(file).toString(), attributes.lastModifiedTime());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // It was half made, and is no longer.
            }
          });
    }
    return kept;
  }

  private List<JsonNode> lines(String type) {
    return api.accepted.stream().filter(line -> line.path("type").asText().equals(type)).toList();
  }

  private Path noise(String path, double seconds, String... options) throws Exception {
    Path file = music.resolve(path);
    Files.createDirectories(file.getParent());
    return made.noise(file, 44_100, seconds, options);
  }

  @Test
  void aFolderOfMusicBecomesCatalogueSoundAndCovers() throws Exception {
    String[] tags = {
      "-metadata",
      "title=The Ferry",
      "-metadata",
      "artist=Mira",
      "-metadata",
      "album=First Light",
      "-metadata",
      "date=2019",
      "-metadata",
      "track=1/2",
      "-metadata",
      "genre=Folk"
    };
    noise("a/1.flac", 3, tags);
    noise("b/Mira/First Light/02 - Home.ogg", 2, "-c:a", "libopus");
    Path plain = noise("plain.mp3", 2, "-metadata", "title=Three", "-metadata", "album=Third");
    made.withCover(
        music.resolve("c.mp3"), plain, made.picture(folder.resolve("cover.png"), "300x200"));
    Files.delete(plain);
    noise("d.m4a", 2, "-metadata", "title=Four", "-metadata", "artist=Mira");
    noise("e.wav", 2);

    Ended ended = run();

    assertThat(ended.err()).doesNotContain("Exception");
    assertThat(ended.code()).isZero();
    assertThat(ended.err())
        .contains(".downbeat/ffmpeg/", "4 files lack a title, an artist or an album");
    assertThat(ended.out()).contains("5 tracks", "0 broken");
    assertThat(lines("track"))
        .extracting(line -> line.path("title").asText())
        .containsExactly("The Ferry", "Home", "Three", "Four", "e");
    assertThat(lines("track"))
        .extracting(line -> line.path("duration_millis").asLong())
        .containsExactly(3_000L, 2_000L, 2_000L, 2_000L, 2_000L);
    JsonNode ferry = lines("track").get(0);
    assertThat(ferry.path("track_id").asText())
        .isEqualTo(ImportIds.track("Mira", "The Ferry").toString());
    assertThat(ferry.path("genres").get(0).asText()).isEqualTo("folk");
    assertThat(kept()).containsKey(ferry.path("sound").asText() + "/96/sound.mp4");
    assertThat(lines("album"))
        .extracting(line -> line.path("title").asText())
        .containsExactly("First Light", "Third");
    String cover = lines("album").get(1).path("cover_url").asText();
    assertThat(cover).matches("/covers/[0-9a-f]{32}/640\\.jpg");
    assertThat(kept()).containsKey(cover.substring(1));
    assertThat(lines("artist"))
        .singleElement()
        .satisfies(artist -> assertThat(artist.path("name").asText()).isEqualTo("Mira"));
  }

  @Test
  void theSecondImportIsTheSameAndEncodesNothing() throws Exception {
    noise("a.flac", 2, "-metadata", "title=A", "-metadata", "artist=X");
    noise("b.flac", 2);
    made.picture(music.resolve("cover.jpg"), "100x100");
    run();
    List<JsonNode> first = List.copyOf(api.accepted);
    Map<String, FileTime> kept = kept();
    api.accepted.clear();

    Ended ended = run();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("2 with sound that was there", "0.0 s of music encoded");
    assertThat(List.copyOf(api.accepted)).isEqualTo(first);
    assertThat(kept()).isEqualTo(kept);
  }

  @Test
  void brokenFilesAndHostileTagsAreSaidAndDoNotSinkTheRest() throws Exception {
    Path whole =
        noise(
            "whole.flac",
            4,
            "-metadata",
            "title=" + "T".repeat(10_000),
            "-metadata",
            "artist=a\u0001b\nc",
            "-metadata",
            "genre=" + "g,".repeat(100) + "h".repeat(500));
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(music.resolve("cut.flac"), Arrays.copyOf(bytes, bytes.length / 2));
    Files.createFile(music.resolve("empty.mp3"));
    Files.writeString(music.resolve("text.flac"), "Once upon a time.\n".repeat(99));
    Files.move(made.picture(folder.resolve("picture.png"), "64x64"), music.resolve("picture.mp3"));
    Files.writeString(music.resolve("notes.txt"), "left alone");

    Ended ended = run();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("1 tracks", "4 broken");
    assertThat(ended.err().lines())
        .anyMatch(line -> line.contains("cut.flac: it is cut off or broken"))
        .anyMatch(line -> line.contains("empty.mp3: it is empty"))
        .anyMatch(line -> line.contains("picture.mp3: there is no sound in it"))
        .anyMatch(line -> line.contains("text.flac: "))
        .noneMatch(line -> line.contains("notes.txt"));
    assertThat(lines("track"))
        .singleElement()
        .satisfies(
            track -> {
              assertThat(track.path("title").asText()).isEqualTo("T".repeat(1_000));
              assertThat(track.path("genres")).hasSize(2);
            });
    assertThat(lines("artist").get(0).path("name").asText()).isEqualTo("a b c");
  }

  @Test
  void aKilledImportLeavesWholeSoundsAndGoesOn() throws Exception {
    for (int i = 0; i < 4; i++) {
      noise(i + ".flac", 40);
    }
    Process process = begin("--jobs", "1", "--url", api.uri().toString(), music.toString());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (kept().keySet().stream().noneMatch(path -> path.endsWith("sound.json"))) {
      assertThat(process.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }

    kill(process);

    Map<String, FileTime> kept = kept();
    long whole = kept.keySet().stream().filter(path -> path.endsWith("sound.json")).count();
    assertThat(whole).isBetween(1L, 3L);
    assertThat(kept).hasSize((int) whole * 13);

    Ended ended = run();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("4 tracks (" + whole + " with sound that was there)");
    assertThat(lines("track").stream().map(track -> track.path("sound").asText()).distinct())
        .hasSize(4);
    assertThat(kept()).containsAllEntriesOf(kept);
  }

  @Test
  void whereTheApiIsAwayItStopsAndSaysSo() throws Exception {
    noise("a.flac", 2);
    api.close();

    Ended ended = run("--patience", "0");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("Stopped: for 0 s no batch went through");
  }

  @Test
  void aDryRunKeepsAndSendsNothing() throws Exception {
    noise("a.flac", 2, "-metadata", "title=A", "-metadata", "artist=X", "-metadata", "album=Y");
    Files.createFile(music.resolve("empty.mp3"));

    Ended ended = run("--dry-run");

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("a.flac: A, X, on Y, 0:02", "1 tracks would be imported");
    assertThat(ended.err()).contains("empty.mp3: it is empty");
    assertThat(api.accepted).isEmpty();
    assertThat(kept()).isEmpty();
  }

  @Test
  void whatTheApiRefusesIsSaidOfTheFile() throws Exception {
    noise("a.flac", 2, "-metadata", "title=Nettle");
    noise("b.flac", 2, "-metadata", "title=Rose");
    api.rejects = "Nettle";

    Ended ended = run();

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("2 tracks", "1 refused");
    assertThat(ended.err().lines()).anyMatch(line -> line.contains("a.flac: refused"));
  }
}
