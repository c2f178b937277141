package io.downbeat.local.run.sound;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The program that decodes and encodes: the system's where there is one with all that is needed,
 * else the one that comes with Downbeat. Thread-safe.
 */
final class Ffmpeg {
  /** Of a file's own description, whose names may stand there twice. */
  private static final JsonMapper LENIENT = new JsonMapper();

  private static final Duration PROBE = Duration.ofSeconds(30);
  private static final Duration PICTURE = Duration.ofSeconds(60);
  private static final int MOST_SAID = 300;
  private static final int MOST_PIXELS = 50_000_000;

  /** Of what it decodes; a player would play on with a click. */
  private static final String BROKEN_AT_MOST = "0.01";

  /** How long a fragment of its files is, in microseconds. */
  private static final String FRAGMENT = "500000";

  private static final double SILENCE = -70;
  private static final Pattern LOUDNESS = Pattern.compile("I:\\s+(-?[0-9.]+) LUFS");
  private static final Pattern PEAK = Pattern.compile("Peak:\\s+(-?[0-9.]+) dBFS");
  private static final Pattern FULL =
      Pattern.compile("No space left on device|Disk quota exceeded|Read-only file system");
  private static final Pattern FAULT = Pattern.compile(".*\\[(?:error|fatal|panic)] (.*)");

  /**
   * @param lufs how loud it is as a whole (EBU R128); empty if it is silent
   * @param peak in dBFS, between samples too; empty if it is silent
   */
  record Loudness(Optional<Double> lufs, Optional<Double> peak) {}

  private final Program ffmpeg;
  private final Program ffprobe;

  Ffmpeg(Program ffmpeg, Program ffprobe) {
    this.ffmpeg = ffmpeg;
    this.ffprobe = ffprobe;
  }

  /**
   * @throws IOException if there is none, saying what to do
   */
  static Ffmpeg of(Home home) throws IOException, InterruptedException {
    String path = System.getenv("PATH");
    Optional<Ffmpeg> system = ofSystem(path == null ? "" : path);
    return system.isPresent() ? system.get() : Bundled.unpack(home.data().resolve("ffmpeg"));
  }

  /** The system's, if it can do all of it. */
  static Optional<Ffmpeg> ofSystem(String path) throws InterruptedException {
    Optional<Program> ffmpeg = Program.find("ffmpeg", path);
    Optional<Program> ffprobe = Program.find("ffprobe", path);
    if (ffmpeg.isEmpty() || ffprobe.isEmpty()) {
      return Optional.empty();
    }
    Ffmpeg found = new Ffmpeg(ffmpeg.get(), ffprobe.get());
    return found.hasAll() ? Optional.of(found) : Optional.empty();
  }

  private boolean hasAll() throws InterruptedException {
    try {
      String encoders = list("-encoders");
      return encoders.contains(" aac ")
          && encoders.contains(" mjpeg ")
          && list("-filters").contains(" ebur128 ")
          && ffmpeg.run(List.of("-h", "muxer=mp4"), PROBE).out().contains("cmaf")
          && ffprobe.run(List.of("-version"), PROBE).code() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String list(String what) throws IOException, InterruptedException {
    return ffmpeg.run(List.of("-hide_banner", what), PROBE).out();
  }

  Program program() {
    return ffmpeg;
  }

  /** What is used. */
  @Override
  public String toString() {
    return ffmpeg.file().toString();
  }

  /**
   * @throws CannotEncode saying why the file is no sound
   */
  Probe probe(Path file) throws IOException, InterruptedException {
    Lengths.check(file);
    Program.Said said =
        ffprobe.run(
            List.of(
                "-v",
                "level+warning",
                "-protocol_whitelist",
                "file",
                "-of",
                "json",
                "-show_entries",
                "format=format_name,duration:format_tags"
                    + ":stream=codec_type,duration,sample_rate:stream_tags:stream_disposition=attached_pic",
                named(file)),
            PROBE);
    if (said.code() != 0) {
      throw new CannotEncode(fault(said, file));
    }
    try {
      JsonNode json = LENIENT.readTree(said.out());
      return Probe.of(json, said.err().contains("Estimating duration from bitrate"));
    } catch (JsonProcessingException e) {
      throw new CannotEncode("what it says of itself cannot be read", e);
    }
  }

  /**
   * Encodes in all qualities at once, in fragments of half a second, and measures the loudness.
   *
   * @param folder gets a file of each quality, as {@link #made} names it
   * @throws CannotEncode saying why the file is no whole sound
   */
  Loudness encode(Path file, Probe probe, Path folder) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-hide_banner", "-nostdin", "-nostats", "-v", "level+info", "-y"));
    arguments.addAll(List.of("-max_error_rate", BROKEN_AT_MOST));
    arguments.addAll(List.of("-err_detect", "+crccheck+explode"));
    arguments.addAll(List.of("-protocol_whitelist", "file", "-i", named(file)));
    String outputs =
        IntStream.range(0, Quality.ALL.size())
            .mapToObj(i -> "[q" + i + "]")
            .collect(Collectors.joining());
    arguments.addAll(
        List.of(
            "-filter_complex",
            String.format(
                Locale.ROOT,
                "[0:a:0]aresample=%d,aformat=channel_layouts=stereo|mono,asetpts=N%s,"
                    + "ebur128=peak=true:framelog=quiet,asplit=%d%s",
                rate(probe.sampleRate()),
                probe.padded() ? ",atrim=end=" + probe.seconds() : "",
                Quality.ALL.size(),
                outputs)));
    for (int i = 0; i < Quality.ALL.size(); i++) {
      Quality quality = Quality.ALL.get(i);
      arguments.addAll(List.of("-map", "[q" + i + "]", "-c:a", "aac"));
      arguments.addAll(List.of("-b:a", quality.kilobits() + "k"));
      arguments.addAll(List.of("-map_metadata", "-1", "-map_chapters", "-1"));
      arguments.addAll(List.of("-fflags", "+bitexact", "-flags:a", "+bitexact"));
      arguments.addAll(List.of("-f", "mp4", "-movflags", "+cmaf+delay_moov+skip_trailer"));
      arguments.addAll(List.of("-use_editlist", "1", "-frag_duration", FRAGMENT));
      arguments.add(named(made(folder, quality)));
    }
    Program.Said said = ffmpeg.run(arguments, patience(probe.duration()));
    if (said.code() != 0) {
      throw failed(said, file);
    }
    return new Loudness(
        last(LOUDNESS, said.err()).filter(lufs -> lufs > SILENCE), last(PEAK, said.err()));
  }

  /** One that every player knows, of the same family. */
  private static int rate(int of) {
    return of % 11_025 == 0 ? 44_100 : 48_000;
  }

  static Path made(Path folder, Quality quality) {
    return folder.resolve(quality.folder() + ".mp4");
  }

  /**
   * Takes the picture out of a file as it is.
   *
   * @throws CannotEncode if there is none that can be taken
   */
  void picture(Path file, Path to) throws IOException, InterruptedException {
    Program.Said said =
        ffmpeg.run(
            List.of(
                "-nostdin",
                "-v",
                "level+error",
                "-y",
                "-protocol_whitelist",
                "file",
                "-i",
                named(file),
                "-map",
                "0:v:0",
                "-c",
                "copy",
                "-frames:v",
                "1",
                "-f",
                "image2pipe",
                named(to)),
            PICTURE);
    if (said.code() != 0) {
      throw failed(said, file);
    }
  }

  /**
   * Cuts a picture's middle square out, in each of these widths.
   *
   * @param to a JPEG for each width
   * @throws CannotEncode if it is no picture, or one too big
   */
  void squares(Path picture, List<Integer> widths, List<Path> to)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-nostdin", "-v", "level+error", "-y"));
    arguments.addAll(List.of("-max_pixels", Integer.toString(MOST_PIXELS)));
    arguments.addAll(List.of("-protocol_whitelist", "file", "-i", named(picture)));
    for (int i = 0; i < widths.size(); i++) {
      int width = widths.get(i);
      arguments.addAll(List.of("-map", "0:v:0", "-frames:v", "1", "-map_metadata", "-1"));
      arguments.addAll(
          List.of(
              "-vf",
              "scale=%d:%d:force_original_aspect_ratio=increase,crop=%d:%d,setsar=1,format=yuvj420p"
                  .formatted(width, width, width, width)));
      arguments.addAll(List.of("-fflags", "+bitexact", "-flags:v", "+bitexact", "-q:v", "3"));
      arguments.addAll(List.of("-c:v", "mjpeg", "-f", "image2pipe", named(to.get(i))));
    }
    Program.Said said = ffmpeg.run(arguments, PICTURE);
    if (said.code() != 0) {
      throw failed(said, picture);
    }
  }

  /** It is many times as fast as it plays; a slow and busy machine may take as long as it plays. */
  private static Duration patience(Duration sound) {
    return Duration.ofMinutes(2).plus(sound);
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

  /** The file's fault, or the disk's. */
  private static IOException failed(Program.Said said, Path file) {
    Matcher full = FULL.matcher(said.err());
    return full.find()
        ? new IOException("Cannot write: " + full.group())
        : new CannotEncode(fault(said, file));
  }

  private static String fault(Program.Said said, Path file) {
    String first =
        said.err()
            .lines()
            .map(FAULT::matcher)
            .filter(Matcher::matches)
            .map(fault -> fault.group(1).strip())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("ffmpeg ended with " + said.code());
    String fault = first.replace(named(file) + ": ", "").replace(file.toString(), "it");
    return "it is no sound, or a broken one (%s)"
        .formatted(fault.length() > MOST_SAID ? fault.substring(0, MOST_SAID) : fault);
  }
}
