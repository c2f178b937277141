package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.ArtistRole;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      List<CreditedArtist> artists,
      @Nullable ReleasedAlbum album,
      List<Genre> genres,
      @Nullable Long durationMillis,
      @Nullable Integer discNumber,
      @Nullable Integer trackNumber,
      boolean explicit,
      @Nullable List<String> countries,
      @Nullable String isrc,
      boolean playable,
      @Nullable UUID musicbrainzId,
      Instant updatedAt) {}

  record AlbumView(
      UUID albumId,
      String title,
      List<NamedArtist> artists,
      List<Genre> genres,
      @Nullable String releaseDate,
      @Nullable Integer totalTracks,
      @Nullable String coverUrl,
      @Nullable UUID musicbrainzId,
      Instant updatedAt) {}

  record ArtistView(
      UUID artistId,
      String name,
      List<Genre> genres,
      @Nullable String bio,
      @Nullable UUID musicbrainzId,
      Instant updatedAt) {}

  public record NamedArtist(UUID artistId, @Nullable String name) {}

  public record NamedAlbum(UUID albumId, @Nullable String title) {}

  /**
   * @param role in lower case
   */
  record CreditedArtist(UUID artistId, @Nullable String name, String role) {}

  record ReleasedAlbum(
      UUID albumId,
      @Nullable String title,
      @Nullable String coverUrl,
      @Nullable String releaseDate) {}

  record Genre(UUID genreId, String name) {}

  private Views() {}

  static TrackView of(Track track, CatalogStore catalog) throws CatalogStore.NotReadyException {
    return new TrackView(
        track.getTrackId(),
        track.getTitle(),
        credits(track, catalog),
        release(track.getAlbumId(), catalog),
        genres(track.getGenres()),
        track.getDurationMillis(),
        track.getDiscNumber(),
        track.getTrackNumber(),
        track.getExplicit(),
        track.getCountries(),
        track.getIsrc(),
        track.getSound() != null,
        track.getMusicbrainzId(),
        track.getUpdatedAt());
  }

  static AlbumView of(Album album, CatalogStore catalog) throws CatalogStore.NotReadyException {
    return new AlbumView(
        album.getAlbumId(),
        album.getTitle(),
        artists(album.getArtistIds(), catalog),
        genres(album.getGenres()),
        album.getReleaseDate(),
        album.getTotalTracks(),
        album.getCoverUrl(),
        album.getMusicbrainzId(),
        album.getUpdatedAt());
  }

  static ArtistView of(Artist artist) {
    return new ArtistView(
        artist.getArtistId(),
        artist.getName(),
        genres(artist.getGenres()),
        artist.getBio(),
        artist.getMusicbrainzId(),
        artist.getUpdatedAt());
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

  private static List<CreditedArtist> credits(Track track, CatalogStore catalog)
      throws CatalogStore.NotReadyException {
    List<NamedArtist> artists = artists(track.getArtistIds(), catalog);
    List<ArtistRole> roles = track.getArtistRoles();
    List<CreditedArtist> credits = new ArrayList<>(artists.size());
    for (int i = 0; i < artists.size(); i++) {
      ArtistRole role = i < roles.size() ? roles.get(i) : ArtistRole.MAIN;
      NamedArtist artist = artists.get(i);
      credits.add(
          new CreditedArtist(
              artist.artistId(), artist.name(), role.name().toLowerCase(Locale.ROOT)));
    }
    return credits;
  }

  private static @Nullable ReleasedAlbum release(@Nullable UUID id, CatalogStore catalog)
      throws CatalogStore.NotReadyException {
    return id == null
        ? null
        : catalog
            .findAlbum(id)
            .map(
                album ->
                    new ReleasedAlbum(
                        id, album.getTitle(), album.getCoverUrl(), album.getReleaseDate()))
            .orElseGet(() -> new ReleasedAlbum(id, null, null, null));
  }

  private static List<Genre> genres(List<String> names) {
    return names.stream().map(name -> new Genre(GenreId.of(name), name)).toList();
  }
}
