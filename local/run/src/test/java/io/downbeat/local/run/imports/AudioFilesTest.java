package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AudioFilesTest {
  @TempDir private Path folder;

  private void file(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
  }

  @Test
  void whatMayBeMusicIsFoundInTheOrderOfItsPathsAndOnce() throws Exception {
    for (String path :
        List.of(
            "music/b/2.flac",
            "music/a/1.MP3",
            "music/a/cover.jpg",
            "music/a/all.m3u",
            "music/a/rip.LOG",
            "music/a/strange",
            "music/a/._1.mp3",
            "music/.trash/3.mp3",
            "elsewhere/4.mp3")) {
      file(path);
    }
    Files.createSymbolicLink(folder.resolve("music/out"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("music/5.mp3"), folder.resolve("elsewhere/4.mp3"));
    Files.createSymbolicLink(folder.resolve("music/loop"), folder.resolve("music"));

    AudioFiles files =
        AudioFiles.in(
            List.of(
                folder.resolve("music"),
                folder.resolve("music/a"),
                folder.resolve("elsewhere/4.mp3")));

    assertThat(files.found())
        .extracting(found -> found.within().toString())
        .containsExactly("a/1.MP3", "a/strange", "b/2.flac", "4.mp3");
    assertThat(files.links()).isEqualTo(3);
    assertThat(files.unreadable()).isEmpty();
  }

  @Test
  void foldersThatAreTooDeepAreSaid() throws Exception {
    file("d/".repeat(40) + "1.mp3");

    AudioFiles files = AudioFiles.in(List.of(folder));

    assertThat(files.found()).isEmpty();
    assertThat(files.unreadable())
        .singleElement()
        .satisfies(one -> assertThat(one.reason()).contains("32"));
  }
}
