package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topic;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

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

  /**
   * log2 of its streams lately, as {@link io.downbeat.schemas.rules.ForwardDecay} has it; 0 if
   * none.
   */
  float popularity(UUID id) throws NotReadyException;

  /**
   * The next things of a topic in the order of their ids' bytes.
   *
   * @param after null for the first ones
   */
  <V extends SpecificRecord> List<V> after(Topic<V> topic, @Nullable UUID after, int limit)
      throws NotReadyException;
}
