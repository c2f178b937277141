package io.downbeat.local.run.sound;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The program that decodes and encodes: the system's where there is one with all that is needed,
 * else the one that comes with Downbeat. Every run is bounded in time and in what it may say.
 */
final class Ffmpeg {
  private static final Duration PROBE = Duration.ofSeconds(30);
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SAID = 300;

  /** The first of them is short, so that its sound begins at once. */
  static final int FIRST_SECONDS = 1;

  static final int SECONDS = 4;

  private static final Pattern LOUDNESS = Pattern.compile("I:\\s+(-?[0-9.]+) LUFS");
  private static final Pattern PEAK = Pattern.compile("Peak:\\s+(-?[0-9.]+) dBFS");

  /**
   * @param lufs how loud it is as a whole (EBU R128); empty if it is silent
   * @param peak in dBFS, between samples too
   */
  record Loudness(Optional<Double> lufs, Optional<Double> peak) {}

  private final Path ffmpeg;
  private final Path ffprobe;

  Ffmpeg(Path ffmpeg, Path ffprobe) {
    this.ffmpeg = ffmpeg;
    this.ffprobe = ffprobe;
  }

  /** The system's, if it can do all of it. */
  static Optional<Ffmpeg> ofSystem(String path) throws InterruptedException {
    Function<String, Optional<Path>> find =
        name ->
            Stream.of(path.split(java.io.File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    Optional<Path> ffmpeg = find.apply("ffmpeg");
    Optional<Path> ffprobe = find.apply("ffprobe");
    if (ffmpeg.isEmpty() || ffprobe.isEmpty()) {
      return Optional.empty();
    }
    Ffmpeg found = new Ffmpeg(ffmpeg.get(), ffprobe.get());
    return found.hasAll() ? Optional.of(found) : Optional.empty();
  }

  private boolean hasAll() throws InterruptedException {
    try {
      return said("-encoders").contains(" aac ")
          && said("-filters").contains(" ebur128 ")
          && said("-muxers").contains(" segment ");
    } catch (IOException e) {
      return false;
    }
  }

  private String said(String list) throws IOException, InterruptedException {
    return run(List.of(ffmpeg.toString(), "-hide_banner", list), PROBE).out();
  }

  /** What is used. */
  @Override
  public String toString() {
    return ffmpeg.toString();
  }

  /**
   * @throws CannotEncode saying why the file is no sound
   */
  Probe probe(Path file) throws IOException, InterruptedException {
    Said said =
        run(
            List.of(
                ffprobe.toString(),
                "-v",
                "error",
                "-of",
                "json",
                "-show_format",
                "-show_streams",
                named(file)),
            PROBE);
    JsonNode json = Json.MAPPER.readTree(said.out());
    if (said.code() != 0 || json == null) {
      throw new CannotEncode(reason(said, file));
    }
    return Probe.of(json);
  }

  /**
   * Encodes in all qualities at once, with cuts at the same samples, and measures the loudness.
   *
   * @param folder gets a folder of each quality, with init.mp4, 0.m4s, 1.m4s … and list.csv
   * @throws CannotEncode saying why the file is no whole sound
   */
  Loudness encode(Path file, Probe probe, Path folder) throws IOException, InterruptedException {
    String cuts =
        Stream.concat(
                Stream.of(FIRST_SECONDS),
                IntStream.iterate(FIRST_SECONDS + SECONDS, next -> next + SECONDS)
                    .takeWhile(next -> next < probe.duration().toSeconds())
                    .boxed())
            .map(Object::toString)
            .collect(Collectors.joining(","));
    List<String> command =
        new ArrayList<>(
            List.of(
                ffmpeg.toString(),
                "-hide_banner",
                "-nostdin",
                "-nostats",
                "-xerror",
                "-i",
                named(file)));
    int outputs = Quality.ALL.size();
    String split =
        IntStream.range(0, outputs).mapToObj(i -> "[q" + i + "]").collect(Collectors.joining());
    command.addAll(
        List.of(
            "-filter_complex",
            "[0:a:0]ebur128=peak=true:framelog=quiet,aformat=channel_layouts=stereo|mono,asplit="
                + outputs
                + split));
    for (int i = 0; i < outputs; i++) {
      Quality quality = Quality.ALL.get(i);
      Path out = Files.createDirectories(folder.resolve(quality.folder()));
      command.addAll(
          List.of(
              "-map",
              "[q" + i + "]",
              "-c:a",
              "aac",
              "-b:a",
              quality.kilobits() + "k",
              "-map_metadata",
              "-1",
              "-fflags",
              "+bitexact",
              "-flags:a",
              "+bitexact",
              "-f",
              "segment",
              "-segment_times",
              cuts,
              "-segment_format",
              "mp4",
              "-segment_format_options",
              "movflags=+cmaf+frag_custom+skip_trailer",
              "-individual_header_trailer",
              "0",
              "-segment_header_filename",
              out.resolve("init.mp4").toString(),
              "-segment_list",
              out.resolve("list.csv").toString(),
              "-segment_list_size",
              "0",
              out.resolve("%d.m4s").toString()));
    }
    Said said = run(command, patience(probe.duration()));
    if (said.code() != 0) {
      throw new CannotEncode(reason(said, file));
    }
    return new Loudness(last(LOUDNESS, said.err()), last(PEAK, said.err()));
  }

  /** It is some twenty times as fast as it plays; a slow machine may take as long as it plays. */
  private static Duration patience(Duration sound) {
    return Duration.ofMinutes(1).plus(sound);
  }

  /** A file that is named like an option or a protocol is still a file. */
  private static String named(Path file) {
    return "file:" + file.toAbsolutePath();
  }

  private static Optional<Double> last(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    Optional<Double> found = Optional.empty();
    while (matcher.find()) {
      found = Optional.of(Double.parseDouble(matcher.group(1)));
    }
    return found;
  }

  private static String reason(Said said, Path file) {
    String last =
        Arrays.stream(said.err().split("\n"))
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .reduce((before, after) -> after)
            .orElse("ended with " + said.code());
    String reason = last.replace(named(file), "it").replace(file.toString(), "it");
    return reason.length() > MOST_SAID ? reason.substring(0, MOST_SAID) : reason;
  }

  private record Said(int code, String out, String err) {}

  private static Said run(List<String> command, Duration within)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    Reading out = Reading.of(process.getInputStream());
    Reading err = Reading.of(process.getErrorStream());
    try {
      if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CannotEncode("it took longer than " + within.toSeconds() + " s");
      }
      return new Said(process.exitValue(), out.text(), err.text());
    } finally {
      process.destroyForcibly();
    }
  }

  /** The end of what a program says, read as it comes. */
  private static final class Reading extends Thread {
    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    private Reading(InputStream in) {
      super("ffmpeg-says");
      this.in = in;
      setDaemon(true);
    }

    static Reading of(InputStream in) {
      Reading reading = new Reading(in);
      reading.start();
      return reading;
    }

    @Override
    public void run() {
      byte[] chunk = new byte[8 << 10];
      try (in) {
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
          synchronized (read) {
            if (read.size() > MOST_BYTES) {
              read.reset();
            }
            read.write(chunk, 0, length);
          }
        }
      } catch (IOException e) {
        // The program was ended.
      }
    }

    String text() throws InterruptedException {
      join(Duration.ofSeconds(5).toMillis());
      synchronized (read) {
        return read.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
