package io.downbeat.schemas.rules;

import java.util.Locale;
import java.util.UUID;

/** The kinds of things that have counts: of plays, but for listeners, who have followers alone. */
public enum CountedKind {
  TRACK,
  ARTIST,
  ALBUM,
  GENRE,
  EVERYTHING,
  USER;

  /** The id of the one thing of kind {@link #EVERYTHING}. */
  public static final UUID EVERYTHING_ID = new UUID(0, 0);

  /** Name in tables. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
