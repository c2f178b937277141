package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Files of music that tests make, with the ffmpeg that comes with Downbeat. */
public final class MadeMusic {
  private final Ffmpeg ffmpeg;

  private MadeMusic(Ffmpeg ffmpeg) {
    this.ffmpeg = ffmpeg;
  }

  public static MadeMusic withBundled() throws IOException, InterruptedException {
    return new MadeMusic(Bundled.unpack(Path.of("target", "ffmpeg").toAbsolutePath()));
  }

  Ffmpeg ffmpeg() {
    return ffmpeg;
  }

  /**
   * Two channels of noise, which no encoder finds easy.
   *
   * @param options of the output, like {@code -metadata title=x}
   */
  public Path noise(Path file, int sampleRate, double seconds, String... options)
      throws IOException, InterruptedException {
    return from(
        file,
        List.of(
            "-f",
            "lavfi",
            "-i",
            "anoisesrc=r=%d:d=%s:c=pink:a=0.8:seed=%d"
                .formatted(sampleRate, seconds, file.getFileName().hashCode() & 0xffff),
            "-ac",
            "2"),
        options);
  }

  /** A picture of this size. */
  public Path picture(Path file, String size) throws IOException, InterruptedException {
    return from(
        file,
        List.of("-f", "lavfi", "-i", "testsrc=size=%s:d=1".formatted(size)),
        "-frames:v",
        "1");
  }

  /** A file with another one in it as its cover. */
  public Path withCover(Path file, Path sound, Path picture)
      throws IOException, InterruptedException {
    return from(
        file,
        List.of("-i", sound.toString(), "-i", picture.toString()),
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-c",
        "copy",
        "-id3v2_version",
        "3",
        "-disposition:v",
        "attached_pic");
  }

  /** What a player hears, as 16-bit samples of one channel. */
  long samplesOf(Path file, Path to) throws IOException, InterruptedException {
    from(to, List.of("-i", file.toString()), "-f", "s16le", "-ac", "1");
    return Files.size(to) / 2;
  }

  Path from(Path file, List<String> inputs, String... options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-v", "error", "-nostdin", "-y"));
    arguments.addAll(inputs);
    arguments.addAll(Arrays.asList(options));
    arguments.add(file.toString());
    Program.Said said = ffmpeg.program().run(arguments, Duration.ofMinutes(2));
    if (said.code() != 0) {
      throw new IOException(said.err());
    }
    return file;
  }
}
