package io.downbeat.batch.catalog;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whom and what the plays of a track are also counted for; each id once.
 *
 * @param since from when on plays are sure to be counted for these: the log's time of the first
 *     record that is still there and says so
 */
public record CatalogTrack(
    UUID trackId, List<UUID> artists, @Nullable UUID album, List<UUID> genres, Instant since) {
  /** Plays may overtake the record on their way through the stream, hardly for so long. */
  private static final Duration IN_BETWEEN = Duration.ofMinutes(1);

  public CatalogTrack {
    artists = List.copyOf(artists);
    genres = List.copyOf(genres);
  }

  static CatalogTrack of(Track track, Instant loggedAt) {
    return new CatalogTrack(
        track.getTrackId(),
        track.getArtistIds().stream().distinct().toList(),
        track.getAlbumId(),
        track.getGenres().stream().map(GenreId::of).distinct().toList(),
        loggedAt);
  }

  /** What is known after one more record. */
  CatalogTrack then(CatalogTrack later) {
    boolean same =
        artists.equals(later.artists)
            && Objects.equals(album, later.album)
            && genres.equals(later.genres);
    return same
        ? this
        : new CatalogTrack(
            trackId, later.artists, later.album, later.genres, later.since.plus(IN_BETWEEN));
  }
}
