package io.downbeat.serving.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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

  /** What the entries of its tracks show of an album. */
  private record Sleeve(String title, @Nullable String releaseDate, @Nullable String coverUrl) {}

  private final CatalogStore catalog;

  // Both are shown with many others.
  private final Cache<UUID, String> artistNames;
  private final Cache<UUID, Sleeve> sleeves;

  Entries(CatalogStore catalog) {
    this(catalog, 0);
  }

  private Entries(CatalogStore catalog, long kept) {
    this.catalog = catalog;
    this.artistNames = Caffeine.newBuilder().maximumSize(kept).build();
    this.sleeves = Caffeine.newBuilder().maximumSize(kept).build();
  }

  /**
   * The same, which may show of artists and albums what was so a while ago, but no earlier than
   * now.
   *
   * @param most artists, and as many albums, that are read only once
   */
  Entries keeping(long most) {
    return new Entries(catalog, most);
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
    Sleeve album = albumId == null ? null : sleeve(albumId);
    return new Card(
        Kind.TRACK,
        track.getTrackId(),
        track.getTitle(),
        artists(track.getArtistIds()),
        albumId == null ? null : new Card.Named(albumId, album == null ? null : album.title()),
        album == null ? null : album.releaseDate(),
        album == null ? null : album.coverUrl(),
        track.getDurationMillis(),
        track.getExplicit(),
        track.getGenres(),
        track.getCountries());
  }

  private List<Card.Named> artists(List<UUID> ids) throws NotReadyException {
    List<Card.Named> artists = new ArrayList<>(ids.size());
    for (UUID id : ids) {
      artists.add(new Card.Named(id, artistName(id)));
    }
    return artists;
  }

  private @Nullable String artistName(UUID id) throws NotReadyException {
    String name = artistNames.getIfPresent(id);
    if (name == null) {
      name = catalog.findArtist(id).map(Artist::getName).orElse(null);
      if (name != null) {
        artistNames.put(id, name);
      }
    }
    return name;
  }

  private @Nullable Sleeve sleeve(UUID id) throws NotReadyException {
    Sleeve sleeve = sleeves.getIfPresent(id);
    if (sleeve == null) {
      sleeve =
          catalog
              .findAlbum(id)
              .map(
                  album ->
                      new Sleeve(album.getTitle(), album.getReleaseDate(), album.getCoverUrl()))
              .orElse(null);
      if (sleeve != null) {
        sleeves.put(id, sleeve);
      }
    }
    return sleeve;
  }
}
