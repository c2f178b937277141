package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.CatalogLines;
import io.downbeat.local.run.sound.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The catalogue that files of music make, under ids made from their tags' names. An artist is as
 * first named; an album too, and with the first cover that a file of it has. A track is {@link
 * ImportIds#track}, as a radio's plays name it; where a later file names the same artist and title
 * at another place, {@link ImportIds#trackOfAlbum}. For one thread.
 */
final class AudioCatalogue {
  private final Remembered<Boolean> artists = new Remembered<>();

  /** Whether its cover is known. */
  private final Remembered<Boolean> albums = new Remembered<>();

  /** Where on which album the first of that name is, of at most as many as there are files. */
  private final Map<UUID, UUID> places = new HashMap<>();

  /**
   * A file's sound.
   *
   * @param content of it
   * @param cover a URL
   */
  record Sound(Tags tags, String content, long durationMillis, Optional<String> cover) {}

  /** Lines of {@code POST /v1/catalog}; none if the track was told of already. */
  List<String> lines(Sound sound) {
    Tags tags = sound.tags();
    UUID byName = ImportIds.track(tags.artist(), tags.title());
    UUID byPlace =
        ImportIds.trackOfAlbum(
            tags.artist(), tags.title(), tags.album(), tags.disc(), tags.number());
    UUID first = places.putIfAbsent(byName, byPlace);
    if (first != null && (first.equals(byPlace) || places.putIfAbsent(byPlace, byPlace) != null)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(4);
    List<UUID> artistIds = artist(tags.artist(), tags.genres(), lines);
    UUID albumId = null;
    if (!tags.album().isEmpty()) {
      albumId = ImportIds.album(tags.albumArtist(), tags.album());
      List<UUID> albumArtists = artist(tags.albumArtist(), tags.genres(), lines);
      Boolean hasCover = albums.get(albumId);
      if (hasCover == null || (!hasCover && sound.cover().isPresent())) {
        albums.put(albumId, sound.cover().isPresent());
        lines.add(
            CatalogLines.album(
                albumId,
                tags.album(),
                albumArtists,
                tags.genres(),
                tags.date(),
                0,
                sound.cover().orElse("")));
      }
    }
    lines.add(
        CatalogLines.track(
            first == null ? byName : byPlace,
            tags.title(),
            artistIds,
            albumId,
            tags.genres(),
            sound.durationMillis(),
            tags.number(),
            false,
            new CatalogLines.MoreOfTrack(
                List.of(), tags.disc(), null, tags.isrc(), sound.content())));
    return lines;
  }

  private List<UUID> artist(String name, List<String> genres, List<String> lines) {
    if (name.isEmpty()) {
      return List.of();
    }
    UUID id = ImportIds.artist(name);
    if (artists.isNew(id, true)) {
      lines.add(CatalogLines.artist(id, name, genres));
    }
    return List.of(id);
  }
}
