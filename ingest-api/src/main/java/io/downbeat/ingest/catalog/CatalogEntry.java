package io.downbeat.ingest.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import java.util.UUID;

/** One thing of the catalogue, as it is from now on. */
sealed interface CatalogEntry {
  enum Type {
    ARTIST,
    ALBUM,
    TRACK
  }

  record OfArtist(Artist artist) implements CatalogEntry {}

  record OfAlbum(Album album) implements CatalogEntry {}

  record OfTrack(Track track) implements CatalogEntry {}

  /** It is not there any more. */
  record Withdrawn(Type type, UUID id) implements CatalogEntry {}
}
