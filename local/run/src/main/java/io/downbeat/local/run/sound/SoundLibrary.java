package io.downbeat.local.run.sound;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sounds by their content: a folder each, named by what its source's bytes are. A folder is whole
 * or not there, whatever dies. Thread-safe, and several processes may add to it.
 */
final class SoundLibrary {
  /** Of how sounds are cut and described: another one makes other folders. */
  private static final byte FORMAT = 1;

  private static final int NAME_BYTES = 16;

  private final Path folder;
  private final Ffmpeg ffmpeg;

  SoundLibrary(Path folder, Ffmpeg ffmpeg) {
    this.folder = folder;
    this.ffmpeg = ffmpeg;
  }

  /** The name under which the sound of these bytes is kept. */
  static String content(Path file) throws IOException {
    MessageDigest hash = sha256();
    hash.update(FORMAT);
    byte[] chunk = new byte[64 << 10];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        hash.update(chunk, 0, length);
      }
    }
    return HexFormat.of().formatHex(hash.digest(), 0, NAME_BYTES);
  }

  boolean has(String content) {
    return Files.isDirectory(folder.resolve(content));
  }

  /**
   * @param content of the file
   * @throws CannotEncode saying why the file is no whole sound
   */
  void add(Path file, String content, Probe probe) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path made = Files.createTempDirectory(folder, ".new-");
    try {
      describe(made, ffmpeg.encode(file, probe, made));
      Files.move(made, folder.resolve(content), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!has(content)) {
        throw e; // Else somebody was faster, with the same.
      }
    } finally {
      delete(made);
    }
  }

  private static void describe(Path made, Ffmpeg.Loudness loudness) throws IOException {
    Map<Quality, Manifests.Rate> rates = new EnumMap<>(Quality.class);
    Cuts cuts = null;
    for (Quality quality : Quality.ALL) {
      Path of = made.resolve(quality.folder());
      Cuts these =
          Cuts.of(rate(of.resolve("init.mp4")), Files.readAllLines(of.resolve("list.csv")));
      if (cuts != null && !cuts.equals(these)) {
        throw new IllegalStateException("Qualities are cut at different samples");
      }
      cuts = these;
      List<Long> bytes = new ArrayList<>();
      for (int i = 0; i < cuts.segments(); i++) {
        bytes.add(Files.size(of.resolve(i + ".m4s")));
      }
      Files.delete(of.resolve("list.csv"));
      Files.writeString(of.resolve("index.m3u8"), Manifests.playlist(cuts));
      rates.put(quality, Manifests.Rate.of(cuts, bytes));
      // One for each right: who may hear this quality is told of it and of all lower ones.
      Files.writeString(made.resolve(quality.folder() + ".m3u8"), Manifests.master(rates));
      Files.writeString(made.resolve(quality.folder() + ".mpd"), Manifests.mpd(cuts, rates));
    }
    if (cuts == null) {
      throw new IllegalStateException("There are no qualities");
    }
    ObjectNode sound = Json.MAPPER.createObjectNode();
    sound.put("sample_rate", cuts.sampleRate()).put("samples", cuts.heard());
    sound.put("priming", Cuts.PRIMING).put("segments", cuts.segments());
    sound.put("duration_millis", Math.round(1e3 * cuts.heard() / cuts.sampleRate()));
    loudness.lufs().ifPresent(lufs -> sound.put("lufs", lufs));
    loudness.peak().ifPresent(peak -> sound.put("peak_dbfs", peak));
    ObjectNode bits = sound.putObject("bits_per_second");
    new TreeMap<>(rates).forEach((quality, rate) -> bits.put(quality.folder(), rate.average()));
    Json.MAPPER.writeValue(made.resolve("sound.json").toFile(), sound);
  }

  /** The time scale of the only track, which is its sample rate: after "mdhd" and four fields. */
  private static int rate(Path init) throws IOException {
    byte[] bytes = Files.readAllBytes(init);
    for (int i = 0; i + 20 <= bytes.length; i++) {
      if (bytes[i] == 'm' && bytes[i + 1] == 'd' && bytes[i + 2] == 'h' && bytes[i + 3] == 'd') {
        return java.nio.ByteBuffer.wrap(bytes, i + 16, 4).getInt();
      }
    }
    throw new CannotEncode("there is no sound in it");
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
