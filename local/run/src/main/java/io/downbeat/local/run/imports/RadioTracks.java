package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.CatalogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of a radio's catalogue, or of what it played: each row names a track, and with it an
 * artist and an album unless they are blank. Where rows disagree, an artist or album is as first
 * named, and a track is as in its first row with an album (or its first row at all if none has
 * one). Ids are {@link ImportIds#artist}, {@link ImportIds#album} and {@link ImportIds#track}.
 */
final class RadioTracks implements Mapping {

  private final Columns columns;
  private final String titleColumn;
  private final Remembered<Boolean> artists = new Remembered<>();
  private final Remembered<Boolean> albums = new Remembered<>();
  private final Remembered<Boolean> tracksHaveAlbum = new Remembered<>();

  /**
   * @param titleColumn holds the track's title
   */
  RadioTracks(Columns columns, String titleColumn) {
    this.columns = columns;
    this.titleColumn = titleColumn;
  }

  @Override
  public List<String> map(Records.Raw raw) {
    Columns.Cells row = columns.of(raw);
    String title = row.required(titleColumn);
    String artist = row.get("artist");
    String album = row.get("album");
    long durationMillis = row.has("duration_s") ? row.secondsAsMillis("duration_s") : 0;

    List<String> lines = new ArrayList<>(3);
    UUID artistId = artist.isBlank() ? null : ImportIds.artist(artist);
    if (artistId != null && artists.isNew(artistId, true)) {
      lines.add(CatalogLines.artist(artistId, artist, List.of()));
    }
    List<UUID> artistIds = artistId == null ? List.of() : List.of(artistId);
    UUID albumId = album.isBlank() ? null : ImportIds.album(artist, album);
    if (albumId != null && albums.isNew(albumId, true)) {
      lines.add(CatalogLines.album(albumId, album, artistIds, List.of(), "", 0, ""));
    }
    if (tellsMore(ImportIds.track(artist, title), albumId)) {
      lines.add(
          CatalogLines.track(
              ImportIds.track(artist, title),
              title,
              artistIds,
              albumId,
              List.of(),
              durationMillis,
              0,
              false,
              CatalogLines.MoreOfTrack.UNKNOWN));
    }
    return lines;
  }

  private boolean tellsMore(UUID trackId, @Nullable UUID albumId) {
    Boolean hasAlbum = tracksHaveAlbum.get(trackId);
    if (hasAlbum != null && (hasAlbum || albumId == null)) {
      return false;
    }
    tracksHaveAlbum.put(trackId, albumId != null);
    return true;
  }
}
