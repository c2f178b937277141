package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Things of a catalogue. */
public final class Examples {
  public static final Instant UPDATED = Instant.parse("2026-01-01T12:00:00.123Z");

  private Examples() {}

  public static Artist artist(UUID id, String name, String... genres) {
    return new Artist(id, name, List.of(genres), UPDATED);
  }

  public static Album album(UUID id, String title, UUID... artists) {
    return new Album(id, title, List.of(artists), "2019-05", null, UPDATED);
  }

  public static Track track(UUID id, String title, @Nullable UUID album, UUID... artists) {
    return new Track(
        id, title, List.of(artists), album, List.of("Rock"), 187_000L, null, false, UPDATED);
  }
}
