package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.ArtistRole;
import io.downbeat.schemas.avro.Track;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Things of a catalogue. */
public final class Examples {
  public static final Instant UPDATED = Instant.parse("2026-01-01T12:00:00.123Z");
  public static final UUID MBID = UUID.fromString("5b11f4ce-a62d-471e-81fc-a69a8278c7da");
  public static final String COVER = "https://covers.example/first.jpg";

  private Examples() {}

  public static Artist artist(UUID id, String name, String... genres) {
    return new Artist(id, name, List.of(genres), "Two friends.\nA drum machine.", MBID, UPDATED);
  }

  public static Album album(UUID id, String title, UUID... artists) {
    return new Album(
        id, title, List.of(artists), List.of("Rock"), "2019-05", null, COVER, MBID, UPDATED);
  }

  /** The second of the artists is featured. */
  public static Track track(UUID id, String title, @Nullable UUID album, UUID... artists) {
    return Track.newBuilder()
        .setTrackId(id)
        .setTitle(title)
        .setArtistIds(List.of(artists))
        .setArtistRoles(
            artists.length < 2 ? List.of() : List.of(ArtistRole.MAIN, ArtistRole.FEATURED))
        .setAlbumId(album)
        .setGenres(List.of("Rock"))
        .setDurationMillis(187_000L)
        .setDiscNumber(2)
        .setCountries(List.of("AU", "NZ"))
        .setIsrc("USS1Z9900001")
        .setUpdatedAt(UPDATED)
        .build();
  }
}
