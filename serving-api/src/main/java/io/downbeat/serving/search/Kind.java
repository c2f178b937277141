package io.downbeat.serving.search;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What can be found. Kept by ordinal: the order never changes. */
enum Kind {
  ARTIST,
  ALBUM,
  TRACK;

  private static final Kind[] ALL = values();
  private static final Map<String, Kind> BY_KEY =
      Map.of("artist", ARTIST, "album", ALBUM, "track", TRACK);

  static Kind of(byte ordinal) {
    return ALL[ordinal];
  }

  static Optional<Kind> of(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
