package io.downbeat.local.run.sound;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a file says of itself.
 *
 * @param tags by name in small letters; of a stream's and its file's the file's
 * @param hasPicture whether a cover is in it
 */
record Probe(Duration duration, int sampleRate, Map<String, String> tags, boolean hasPicture) {

  /**
   * @param json of ffprobe
   * @throws CannotEncode if it has no sound, or nobody knows how long it is
   */
  static Probe of(JsonNode json) throws CannotEncode {
    JsonNode sound = null;
    boolean picture = false;
    for (JsonNode stream : json.path("streams")) {
      String type = stream.path("codec_type").asText();
      if (sound == null && type.equals("audio")) {
        sound = stream;
      }
      picture |= stream.path("disposition").path("attached_pic").asInt() == 1;
    }
    if (sound == null) {
      throw new CannotEncode("there is no sound in it");
    }
    double seconds =
        sound.path("duration").asDouble(json.path("format").path("duration").asDouble());
    if (seconds <= 0) {
      throw new CannotEncode("it does not say how long it is");
    }
    Map<String, String> tags = new TreeMap<>();
    add(tags, sound.path("tags"));
    add(tags, json.path("format").path("tags"));
    return new Probe(
        Duration.ofNanos((long) (seconds * 1e9)),
        sound.path("sample_rate").asInt(),
        Map.copyOf(tags),
        picture);
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
