package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A catalogue in memory, which is away on demand. Thread-safe. */
public final class InMemoryCatalogStore implements CatalogStore {
  private final Map<UUID, Track> tracks = new ConcurrentHashMap<>();
  private final Map<UUID, Album> albums = new ConcurrentHashMap<>();
  private final Map<UUID, Artist> artists = new ConcurrentHashMap<>();
  private volatile @Nullable String obstacle;

  public void put(Track track) {
    tracks.put(track.getTrackId(), track);
  }

  public void put(Album album) {
    albums.put(album.getAlbumId(), album);
  }

  public void put(Artist artist) {
    artists.put(artist.getArtistId(), artist);
  }

  /** From now on every read fails, until it recovers. */
  public void fail(String message) {
    obstacle = message;
  }

  public void recover() {
    obstacle = null;
  }

  @Override
  public Optional<Track> findTrack(UUID id) throws NotReadyException {
    return find(tracks, id);
  }

  @Override
  public Optional<Album> findAlbum(UUID id) throws NotReadyException {
    return find(albums, id);
  }

  @Override
  public Optional<Artist> findArtist(UUID id) throws NotReadyException {
    return find(artists, id);
  }

  private <T> Optional<T> find(Map<UUID, T> all, UUID id) throws NotReadyException {
    String reason = obstacle;
    if (reason != null) {
      throw new NotReadyException(reason);
    }
    return Optional.ofNullable(all.get(id));
  }
}
