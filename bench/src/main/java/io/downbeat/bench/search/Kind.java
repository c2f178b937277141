package io.downbeat.bench.search;

import java.util.Locale;

/** What can be found. */
enum Kind {
  ARTIST,
  ALBUM,
  TRACK;

  /** As it is written in JSON. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
