package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** A catalogue in memory, which is away on demand. Thread-safe. */
public final class InMemoryCatalogStore implements CatalogStore {
  private final Map<UUID, Track> tracks = new ConcurrentHashMap<>();
  private final Map<UUID, Album> albums = new ConcurrentHashMap<>();
  private static final Comparator<UUID> BY_BYTES =
      (a, b) -> Arrays.compareUnsigned(Uuids.toBytes(a), Uuids.toBytes(b));

  private final Map<UUID, Artist> artists = new ConcurrentHashMap<>();
  private final Map<UUID, Float> popularity = new ConcurrentHashMap<>();
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

  public void putPopularity(UUID id, float log2Streams) {
    popularity.put(id, log2Streams);
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

  @Override
  public float popularity(UUID id) throws NotReadyException {
    return find(popularity, id).orElse(0f);
  }

  @Override
  @SuppressWarnings("unchecked") // a topic's type is that of its things
  public <V extends SpecificRecord> List<V> after(Topic<V> topic, @Nullable UUID after, int limit)
      throws NotReadyException {
    find(tracks, new UUID(0, 0));
    Map<UUID, ? extends SpecificRecord> all =
        topic.equals(Topics.ARTISTS) ? artists : topic.equals(Topics.ALBUMS) ? albums : tracks;
    return (List<V>)
        all.entrySet().stream()
            .sorted(Map.Entry.comparingByKey(BY_BYTES))
            .filter(each -> after == null || BY_BYTES.compare(each.getKey(), after) > 0)
            .limit(limit)
            .map(Map.Entry::getValue)
            .toList();
  }

  private <T> Optional<T> find(Map<UUID, T> all, UUID id) throws NotReadyException {
    String reason = obstacle;
    if (reason != null) {
      throw new NotReadyException(reason);
    }
    return Optional.ofNullable(all.get(id));
  }
}
