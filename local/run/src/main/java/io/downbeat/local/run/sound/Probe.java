package io.downbeat.local.run.sound;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a file says of itself.
 *
 * @param sampleRate a second
 * @param estimated whether its length is guessed from its bytes
 * @param padded whether more can be decoded than it says: MP4 ends within a frame
 * @param tags by name in small letters; of a stream's and its file's the file's
 * @param hasPicture whether a cover is in it
 */
public record Probe(
    Duration duration,
    int sampleRate,
    boolean estimated,
    boolean padded,
    Map<String, String> tags,
    boolean hasPicture) {
  private static final Duration LONGEST = Duration.ofHours(24);

  /** Headers are rounded. */
  private static final double SHORTER = 0.999;

  private static final double MISSING_SECONDS = 0.5;

  /** What names other files and holds no sound of its own. */
  private static final Set<String> PLAYLISTS =
      Set.of("hls", "applehttp", "dash", "concat", "imf", "webm_dash_manifest", "sdp", "rtsp");

  /**
   * @param json of ffprobe
   * @throws CannotEncode if it has no sound, or nobody knows how long it is, or it is too long
   */
  static Probe of(JsonNode json, boolean estimated) throws CannotEncode {
    List<String> formats =
        Arrays.asList(json.path("format").path("format_name").asText().split(",", -1));
    if (!Collections.disjoint(PLAYLISTS, formats)) {
      throw new CannotEncode("it is a playlist");
    }
    JsonNode sound = null;
    boolean picture = false;
    for (JsonNode stream : json.path("streams")) {
      String type = stream.path("codec_type").asText();
      if (sound == null && type.equals("audio")) {
        sound = stream;
      }
      picture |= stream.path("disposition").path("attached_pic").asInt() == 1;
    }
    int sampleRate = sound == null ? 0 : sound.path("sample_rate").asInt();
    if (sound == null || sampleRate <= 0) {
      throw new CannotEncode("there is no sound in it");
    }
    double seconds =
        sound.path("duration").asDouble(json.path("format").path("duration").asDouble());
    if (seconds <= 0) {
      throw new CannotEncode("it does not say how long it is");
    }
    if (seconds > LONGEST.toSeconds()) {
      throw new CannotEncode(
          "it is %,.1f h long, at most %d h are taken"
              .formatted(seconds / Duration.ofHours(1).toSeconds(), LONGEST.toHours()));
    }
    Map<String, String> tags = new TreeMap<>();
    add(tags, sound.path("tags"));
    add(tags, json.path("format").path("tags"));
    return new Probe(
        Duration.ofNanos((long) (seconds * 1e9)),
        sampleRate,
        estimated,
        formats.contains("mp4"),
        Map.copyOf(tags),
        picture);
  }

  /**
   * @throws CannotEncode if what was heard of it is markedly shorter than it says it is
   */
  void check(Cuts heard) throws CannotEncode {
    double decoded = heard.heard() / (double) heard.sampleRate();
    double said = seconds();
    if (heard.heard() <= 0) {
      throw new CannotEncode("there is no sound in it");
    }
    if (!estimated && decoded < said * SHORTER - MISSING_SECONDS) {
      throw new CannotEncode(
          String.format(
              Locale.ROOT,
              "it is cut off or broken: it says that it is %.1f s long, and %.1f s can be decoded",
              said,
              decoded));
    }
  }

  double seconds() {
    return duration.toNanos() / 1e9;
  }

  private static void add(Map<String, String> tags, JsonNode from) {
    from.fields()
        .forEachRemaining(
            tag -> {
              String value = tag.getValue().asText().strip();
              if (!value.isEmpty()) {
                tags.put(tag.getKey().toLowerCase(Locale.ROOT), value);
              }
            });
  }

  Optional<String> tag(String name) {
    return Optional.ofNullable(tags.get(name));
  }
}
