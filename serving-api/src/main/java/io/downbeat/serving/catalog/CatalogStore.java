package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import java.util.Optional;
import java.util.UUID;

/** The catalogue as of a moment ago. Thread-safe; reads are local and take microseconds. */
public interface CatalogStore {

  /** The catalogue cannot be read at the moment; later it can. */
  final class NotReadyException extends Exception {
    private static final long serialVersionUID = 1;

    public NotReadyException(String message) {
      super(message);
    }

    public NotReadyException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  Optional<Track> findTrack(UUID id) throws NotReadyException;

  Optional<Album> findAlbum(UUID id) throws NotReadyException;

  Optional<Artist> findArtist(UUID id) throws NotReadyException;
}
