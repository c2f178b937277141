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
 * file's order: it is told again when one joins, with that row's genres.
 */
final class StreamingCatalogue implements Mapping {

  private static final int MOST_ARTISTS = 50;
  private static final int MOST_GENRES = 30;

  private static final int MOST_COUNTRIES = 250;

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
    List<String> genres = list(row, "genres", MOST_GENRES);
    List<String> countries = list(row, "countries", MOST_COUNTRIES);
    long durationMillis = row.has("duration_ms") ? row.whole("duration_ms") : 0;
    long discNumber = row.has("disc_number") ? row.whole("disc_number") : 0;
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
                albumId,
                row.get("album"),
                all,
                genres,
                row.get("release_date"),
                totalTracks,
                row.get("cover_url")));
      }
    }
    lines.add(
        CatalogLines.track(
            trackId,
            title,
            artistIds,
            albumId,
            genres,
            durationMillis,
            trackNumber,
            explicit,
            new CatalogLines.MoreOfTrack(
                List.of(),
                discNumber,
                countries.isEmpty() ? null : countries,
                row.get("isrc"),
                "")));
    return lines;
  }

  /** The texts between the bars of a cell, each once. */
  private static List<String> list(Columns.Cells row, String column, int most) {
    Set<String> texts = new LinkedHashSet<>();
    for (String text : row.get(column).split("\\|", -1)) {
      String shown = Json.shown(text);
      if (!shown.isEmpty()) {
        texts.add(shown);
      }
    }
    if (texts.size() > most) {
      throw new Unfit(column, "has %d %s, %d are allowed".formatted(texts.size(), column, most));
    }
    return List.copyOf(texts);
  }
}
