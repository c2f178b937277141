package io.downbeat.stream.io;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counting needs to know of a track: whom and what its plays are also counted for.
 *
 * @param loggedAt when the broker appended the record, milliseconds since 1970 (UTC)
 */
public record CatalogTrack(
    Id trackId, List<Id> artists, @Nullable Id album, List<Id> genres, long loggedAt) {

  public static CatalogTrack of(Track track, LogRecord record) {
    return new CatalogTrack(
        Id.of(track.getTrackId()),
        track.getArtistIds().stream().distinct().map(Id::of).toList(),
        Id.ofNullable(track.getAlbumId()),
        track.getGenres().stream().map(GenreId::of).distinct().map(Id::of).toList(),
        record.loggedAt());
  }
}
