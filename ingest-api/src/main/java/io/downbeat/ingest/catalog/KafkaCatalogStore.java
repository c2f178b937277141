package io.downbeat.ingest.catalog;

import io.downbeat.ingest.catalog.CatalogEntry.OfAlbum;
import io.downbeat.ingest.catalog.CatalogEntry.OfArtist;
import io.downbeat.ingest.catalog.CatalogEntry.OfTrack;
import io.downbeat.ingest.catalog.CatalogEntry.Withdrawn;
import io.downbeat.ingest.log.Log.Acknowledgement;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;

/**
 * Topics {@code artists}, {@code albums} and {@code tracks}. Key: the thing's id; what is withdrawn
 * is a tombstone.
 */
public final class KafkaCatalogStore implements CatalogStore {

  private final TopicWriter<Artist> artists;
  private final TopicWriter<Album> albums;
  private final TopicWriter<Track> tracks;

  public KafkaCatalogStore(
      TopicWriter<Artist> artists, TopicWriter<Album> albums, TopicWriter<Track> tracks) {
    this.artists = artists;
    this.albums = albums;
    this.tracks = tracks;
  }

  @Override
  public void append(CatalogEntry entry, Acknowledgement acknowledgement) {
    if (entry instanceof OfTrack it) {
      tracks.append(it.track().getTrackId(), it.track(), acknowledgement);
    } else if (entry instanceof OfAlbum it) {
      albums.append(it.album().getAlbumId(), it.album(), acknowledgement);
    } else if (entry instanceof OfArtist it) {
      artists.append(it.artist().getArtistId(), it.artist(), acknowledgement);
    } else if (entry instanceof Withdrawn it) {
      TopicWriter<?> topic =
          switch (it.type()) {
            case TRACK -> tracks;
            case ALBUM -> albums;
            case ARTIST -> artists;
          };
      topic.withdraw(it.id(), acknowledgement);
    }
  }
}
