package io.downbeat.ingest.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;

/** One thing of the catalogue, as it is from now on. */
sealed interface CatalogEntry {
  record OfArtist(Artist artist) implements CatalogEntry {}

  record OfAlbum(Album album) implements CatalogEntry {}

  record OfTrack(Track track) implements CatalogEntry {}
}
