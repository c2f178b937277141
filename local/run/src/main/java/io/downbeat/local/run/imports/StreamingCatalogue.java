package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.CatalogLines;
import io.downbeat.local.run.api.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A streaming catalogue, one track a row, under ids made from the file's own ({@link
 * ImportIds#foreignTrack} and its like). An artist or album without a name is left out. An artist
 * is as first named, with that row's genres. An album's artists are those of its tracks, in the
 * file's order: it is told again when one joins.
 */
final class StreamingCatalogue implements Mapping {

  private static final int MOST_ARTISTS = 50;
  private static final int MOST_GENRES = 30;

  private final Columns columns;
  private final Remembered<Boolean> artists = new Remembered<>();
  private final Remembered<Set<UUID>> albumArtists = new Remembered<>();

  StreamingCatalogue(Columns columns) {
    this.columns = columns;
  }

  @Override
  public List<String> map(Records.Raw raw) {
    Columns.Cells row = columns.of(raw);
    UUID trackId = ImportIds.foreignTrack(row.required("track_id"));
    String title = row.required("title");
    List<String> genres = genres(row.get("genres"));
    long durationMillis = row.has("duration_ms") ? row.whole("duration_ms") : 0;
    long trackNumber = row.has("track_number") ? row.whole("track_number") : 0;
    long totalTracks = row.has("album_total_tracks") ? row.whole("album_total_tracks") : 0;
    boolean explicit = row.has("explicit") && row.truth("explicit");

    List<String> lines = new ArrayList<>(3);
    List<UUID> artistIds = List.of();
    if (row.has("artist_id") && row.has("artist")) {
      UUID artistId = ImportIds.foreignArtist(row.get("artist_id"));
      artistIds = List.of(artistId);
      if (artists.isNew(artistId, true)) {
        lines.add(CatalogLines.artist(artistId, row.get("artist"), genres));
      }
    }
    UUID albumId = null;
    if (row.has("album_id") && row.has("album")) {
      albumId = ImportIds.foreignAlbum(row.get("album_id"));
      Set<UUID> known = albumArtists.get(albumId);
      Set<UUID> all = known == null ? new LinkedHashSet<>() : known;
      boolean joined = all.size() < MOST_ARTISTS && all.addAll(artistIds);
      if (known == null || joined) {
        albumArtists.put(albumId, all);
        lines.add(
            CatalogLines.album(
                albumId, row.get("album"), all, row.get("release_date"), totalTracks));
      }
    }
    lines.add(
        CatalogLines.track(
            trackId, title, artistIds, albumId, genres, durationMillis, trackNumber, explicit));
    return lines;
  }

  private static List<String> genres(String cell) {
    Set<String> genres = new LinkedHashSet<>();
    for (String genre : cell.split("\\|", -1)) {
      String shown = Json.shown(genre);
      if (!shown.isEmpty()) {
        genres.add(shown);
      }
    }
    if (genres.size() > MOST_GENRES) {
      throw new Unfit(
          "genres", "has %d genres, %d are allowed".formatted(genres.size(), MOST_GENRES));
    }
    return List.copyOf(genres);
  }
}
