package io.downbeat.batch.catalog;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whom and what the plays of a track are also counted for; each id once. */
public record CatalogTrack(
    UUID trackId, List<UUID> artists, @Nullable UUID album, List<UUID> genres) {
  public CatalogTrack {
    artists = List.copyOf(artists);
    genres = List.copyOf(genres);
  }

  static CatalogTrack of(Track track) {
    return new CatalogTrack(
        track.getTrackId(),
        track.getArtistIds().stream().distinct().toList(),
        track.getAlbumId(),
        track.getGenres().stream().map(GenreId::of).distinct().toList());
  }
}
