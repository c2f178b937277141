package io.downbeat.local.run.music;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.simulate.Demo;
import io.downbeat.local.run.simulate.Genre;
import io.downbeat.local.run.sound.SoundLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The demo's music: pieces that are composed, played and encoded where they are not there yet, by a
 * process of its own, which needs more memory than who asks for it, and gives way to all others.
 */
public final class Pieces implements Demo.Music {
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final Pattern CONTENT = Pattern.compile("[0-9a-f]{32}");

  private final Home home;

  public Pieces(Home home) {
    this.home = home;
  }

  /** Prints the content of the piece of a genre and a number. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    Path played = Files.createTempFile(home.data(), "piece-", ".wav");
    try {
      Composer composer = new Composer(Style.of(Genre.valueOf(args[0])), Integer.parseInt(args[1]));
      Sound.of(composer.write(), composer.tempo()).write(played);
      System.out.println(SoundLibrary.open(home).add(played));
    } finally {
      Files.deleteIfExists(played);
    }
  }

  @Override
  public String piece(Genre genre, int number) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      command.add(NICE.toString());
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Ddownbeat.home=" + home.checkout(),
            "-cp",
            System.getProperty("java.class.path"),
            Pieces.class.getName(),
            genre.name(),
            Integer.toString(number)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("DOWNBEAT_DATA_DIR", home.data().toString());
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(
            Files.createDirectories(home.logs()).resolve("demo-music.log").toFile()));
    Process process = builder.start();
    try {
      int code = process.waitFor();
      String content =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (code != 0 || !CONTENT.matcher(content).matches()) {
        throw new IOException(
            "the music of %s was not made, code %d; ./downbeat logs demo-music says more"
                .formatted(genre.label(), code));
      }
      return content;
    } finally {
      process.destroyForcibly();
    }
  }
}
