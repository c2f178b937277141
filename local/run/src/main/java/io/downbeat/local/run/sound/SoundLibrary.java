package io.downbeat.local.run.sound;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sounds by their content: a folder each, named by what its source's bytes are. A folder is whole
 * or not there, whatever dies. Thread-safe, and several processes may add to it.
 */
public final class SoundLibrary {
  private final Folders folders;
  private final Covers covers;
  private final Ffmpeg ffmpeg;

  SoundLibrary(Path folder, Ffmpeg ffmpeg) {
    this.folders = new Folders(folder);
    this.covers = new Covers(folder.resolve("covers"), ffmpeg);
    this.ffmpeg = ffmpeg;
  }

  /**
   * The platform's, with the machine's ffmpeg or the one that comes with Downbeat.
   *
   * @throws IOException if none can be run, saying what to do
   */
  public static SoundLibrary open(Home home) throws IOException, InterruptedException {
    SoundLibrary library = new SoundLibrary(home.sounds(), Ffmpeg.of(home));
    library.folders.deleteAbandoned(Instant.now());
    library.covers.deleteAbandoned(Instant.now());
    return library;
  }

  /** Which ffmpeg is used. */
  public String ffmpeg() {
    return ffmpeg.toString();
  }

  /**
   * Encodes a file of sound, if its sound is not there yet.
   *
   * @return its content: 32 hexadecimal digits, as a track names it in {@code sound}
   * @throws CannotEncode saying why the file is no whole sound
   */
  public String add(Path file) throws IOException, InterruptedException {
    return add(file, probe(file)).content();
  }

  /**
   * @throws CannotEncode saying why the file is no sound
   */
  public Probe probe(Path file) throws IOException, InterruptedException {
    return ffmpeg.probe(file);
  }

  /**
   * A sound that is there.
   *
   * @param isNew whether it was not there before
   */
  public record Added(String content, boolean isNew) {}

  /**
   * As {@link #add(Path)}.
   *
   * @param probe of the file
   */
  public Added add(Path file, Probe probe) throws IOException, InterruptedException {
    String content = Content.of(file);
    boolean isNew = !folders.has(content);
    if (isNew) {
      encode(file, content, probe);
    }
    return new Added(content, isNew);
  }

  /**
   * Keeps the cover of a file of sound: the picture in it, else the one in its folder.
   *
   * @param probe of the file
   * @return its URL within the platform, as an album names it; empty if there is no cover
   */
  public Optional<String> cover(Path file, Probe probe) throws IOException, InterruptedException {
    return covers.of(file, probe).map(Covers::url);
  }

  /**
   * How long a sound is that is there.
   *
   * @return milliseconds, of its samples
   */
  public long durationMillis(String content) throws IOException {
    return Json.MAPPER
        .readTree(folders.at(content).resolve("sound.json").toFile())
        .path("duration_millis")
        .asLong();
  }

  private void encode(Path file, String content, Probe probe)
      throws IOException, InterruptedException {
    folders.add(
        content,
        made -> {
          Ffmpeg.Loudness loudness = ffmpeg.encode(file, probe, made);
          describe(made, probe, loudness);
        });
  }

  private static void describe(Path made, Probe probe, Ffmpeg.Loudness loudness)
      throws IOException {
    Map<Quality, SoundFile> files = new EnumMap<>(Quality.class);
    Cuts cuts = null;
    int first = 0;
    for (Quality quality : Quality.ALL) {
      Path encoded = Ffmpeg.made(made, quality);
      Fragments fragments = Fragments.read(encoded);
      first = cuts == null ? SoundFile.first(fragments) : first;
      SoundFile file = SoundFile.of(fragments, first);
      if (cuts == null) {
        cuts = file.cuts();
        probe.check(cuts);
      } else if (!cuts.equals(file.cuts())) {
        throw new IllegalStateException("Qualities are cut at different samples");
      }
      Path folder = Files.createDirectory(made.resolve(quality.folder()));
      file.write(encoded, folder.resolve(SoundFile.NAME));
      Files.delete(encoded);
      Files.writeString(folder.resolve("index.m3u8"), Manifests.playlist(file));
      files.put(quality, file);
      // One for each right: who may hear this quality is told of it and of all lower ones.
      Files.writeString(made.resolve(quality.folder() + ".m3u8"), Manifests.master(files));
      Files.writeString(made.resolve(quality.folder() + ".mpd"), Manifests.mpd(cuts, files));
    }
    if (cuts == null) {
      throw new IllegalStateException("There are no qualities");
    }
    ObjectNode sound = Json.MAPPER.createObjectNode();
    sound.put("sample_rate", cuts.sampleRate()).put("samples", cuts.heard());
    sound.put("priming", cuts.priming()).put("segments", cuts.segments());
    sound.put("duration_millis", Math.round(1e3 * cuts.heard() / cuts.sampleRate()));
    loudness.lufs().ifPresent(lufs -> sound.put("lufs", lufs));
    loudness.peak().ifPresent(peak -> sound.put("peak_dbfs", peak));
    ObjectNode qualities = sound.putObject("qualities");
    files.forEach(
        (quality, file) ->
            qualities
                .putObject(quality.folder())
                .put("bits_per_second", file.average())
                .put("first_end", file.firstEnd())
                .put("bytes", file.bytes()));
    Json.MAPPER.writeValue(made.resolve("sound.json").toFile(), sound);
  }
}
