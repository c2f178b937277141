package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Track;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tracks as a list names them. Thread-safe; local, in microseconds. */
public final class TrackBriefs {

  /** What the catalogue doesn't know is shown with its id alone. */
  public record Brief(
      UUID trackId,
      @Nullable String title,
      List<Views.NamedArtist> artists,
      Views.@Nullable NamedAlbum album) {}

  private final CatalogStore catalog;

  public TrackBriefs(CatalogStore catalog) {
    this.catalog = catalog;
  }

  public Brief of(UUID id) {
    try {
      Optional<Track> track = catalog.findTrack(id);
      if (track.isPresent()) {
        return new Brief(
            id,
            track.get().getTitle(),
            Views.artists(track.get().getArtistIds(), catalog),
            Views.album(track.get().getAlbumId(), catalog));
      }
    } catch (CatalogStore.NotReadyException e) {
      // Its name is worth no waiting: the list itself is there.
    }
    return new Brief(id, null, List.of(), null);
  }
}
