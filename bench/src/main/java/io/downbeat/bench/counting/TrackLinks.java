package io.downbeat.bench.counting;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a track's plays also count for. */
record TrackLinks(List<UUID> artists, @Nullable UUID album, List<UUID> genres) {
  static final TrackLinks UNKNOWN = new TrackLinks(List.of(), null, List.of());

  static TrackLinks of(Track track) {
    return new TrackLinks(
        track.getArtistIds(),
        track.getAlbumId(),
        track.getGenres().stream().map(GenreId::of).toList());
  }
}
