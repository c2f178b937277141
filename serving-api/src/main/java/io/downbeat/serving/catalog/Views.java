package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a reader sees of the catalogue. What is named but has not arrived yet is shown with its id
 * and without its name.
 */
public final class Views {

  record TrackView(
      UUID trackId,
      String title,
      List<NamedArtist> artists,
      @Nullable NamedAlbum album,
      List<Genre> genres,
      @Nullable Long durationMillis,
      @Nullable Integer trackNumber,
      boolean explicit,
      Instant updatedAt) {}

  record AlbumView(
      UUID albumId,
      String title,
      List<NamedArtist> artists,
      @Nullable String releaseDate,
      @Nullable Integer totalTracks,
      Instant updatedAt) {}

  record ArtistView(UUID artistId, String name, List<Genre> genres, Instant updatedAt) {}

  public record NamedArtist(UUID artistId, @Nullable String name) {}

  public record NamedAlbum(UUID albumId, @Nullable String title) {}

  record Genre(UUID genreId, String name) {}

  private Views() {}

  static TrackView of(Track track, CatalogStore catalog) throws CatalogStore.NotReadyException {
    return new TrackView(
        track.getTrackId(),
        track.getTitle(),
        artists(track.getArtistIds(), catalog),
        album(track.getAlbumId(), catalog),
        genres(track.getGenres()),
        track.getDurationMillis(),
        track.getTrackNumber(),
        track.getExplicit(),
        track.getUpdatedAt());
  }

  static AlbumView of(Album album, CatalogStore catalog) throws CatalogStore.NotReadyException {
    return new AlbumView(
        album.getAlbumId(),
        album.getTitle(),
        artists(album.getArtistIds(), catalog),
        album.getReleaseDate(),
        album.getTotalTracks(),
        album.getUpdatedAt());
  }

  static ArtistView of(Artist artist) {
    return new ArtistView(
        artist.getArtistId(), artist.getName(), genres(artist.getGenres()), artist.getUpdatedAt());
  }

  static List<NamedArtist> artists(List<UUID> ids, CatalogStore catalog)
      throws CatalogStore.NotReadyException {
    List<NamedArtist> artists = new ArrayList<>(ids.size());
    for (UUID id : ids) {
      artists.add(new NamedArtist(id, catalog.findArtist(id).map(Artist::getName).orElse(null)));
    }
    return artists;
  }

  static @Nullable NamedAlbum album(@Nullable UUID id, CatalogStore catalog)
      throws CatalogStore.NotReadyException {
    return id == null
        ? null
        : new NamedAlbum(id, catalog.findAlbum(id).map(Album::getTitle).orElse(null));
  }

  private static List<Genre> genres(List<String> names) {
    return names.stream().map(name -> new Genre(GenreId.of(name), name)).toList();
  }
}
