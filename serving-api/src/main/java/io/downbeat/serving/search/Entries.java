package io.downbeat.serving.search;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.catalog.CatalogStore;
import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Entries of the index, made of the catalogue as it is at that moment. Thread-safe. */
final class Entries {
  private final CatalogStore catalog;

  Entries(CatalogStore catalog) {
    this.catalog = catalog;
  }

  /** The thing of an id as it is now; empty if there is none, or none any more. */
  Optional<Entry> find(UUID id) throws NotReadyException {
    Track track = catalog.findTrack(id).orElse(null);
    if (track != null) {
      return Optional.of(entry(card(track)));
    }
    Album album = catalog.findAlbum(id).orElse(null);
    if (album != null) {
      return Optional.of(entry(card(album)));
    }
    Artist artist = catalog.findArtist(id).orElse(null);
    return artist == null ? Optional.empty() : Optional.of(entry(card(artist)));
  }

  /** The next things of a kind, in the order of their ids. */
  List<Card> after(Kind kind, @Nullable UUID after, int limit) throws NotReadyException {
    List<Card> cards = new ArrayList<>(limit);
    switch (kind) {
      case ARTIST -> {
        for (Artist artist : catalog.after(Topics.ARTISTS, after, limit)) {
          cards.add(card(artist));
        }
      }
      case ALBUM -> {
        for (Album album : catalog.after(Topics.ALBUMS, after, limit)) {
          cards.add(card(album));
        }
      }
      case TRACK -> {
        for (Track track : catalog.after(Topics.TRACKS, after, limit)) {
          cards.add(card(track));
        }
      }
    }
    return cards;
  }

  Entry entry(Card card) throws NotReadyException {
    return new Entry(card, catalog.popularity(card.id()));
  }

  private static Card card(Artist artist) {
    return new Card(
        Kind.ARTIST,
        artist.getArtistId(),
        artist.getName(),
        List.of(),
        null,
        null,
        null,
        null,
        false,
        artist.getGenres(),
        null);
  }

  private Card card(Album album) throws NotReadyException {
    return new Card(
        Kind.ALBUM,
        album.getAlbumId(),
        album.getTitle(),
        artists(album.getArtistIds()),
        null,
        album.getReleaseDate(),
        album.getCoverUrl(),
        null,
        false,
        album.getGenres(),
        null);
  }

  private Card card(Track track) throws NotReadyException {
    UUID albumId = track.getAlbumId();
    Album album = albumId == null ? null : catalog.findAlbum(albumId).orElse(null);
    return new Card(
        Kind.TRACK,
        track.getTrackId(),
        track.getTitle(),
        artists(track.getArtistIds()),
        albumId == null ? null : new Card.Named(albumId, album == null ? null : album.getTitle()),
        album == null ? null : album.getReleaseDate(),
        album == null ? null : album.getCoverUrl(),
        track.getDurationMillis(),
        track.getExplicit(),
        track.getGenres(),
        track.getCountries());
  }

  private List<Card.Named> artists(List<UUID> ids) throws NotReadyException {
    List<Card.Named> artists = new ArrayList<>(ids.size());
    for (UUID id : ids) {
      artists.add(new Card.Named(id, catalog.findArtist(id).map(Artist::getName).orElse(null)));
    }
    return artists;
  }
}
