package io.downbeat.stream.io;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What counting needs to know of a track: whom and what its plays are also counted for.
 *
 * @param loggedAt when the broker appended the record, milliseconds since 1970 (UTC)
 */
public record CatalogTrack(
    Id trackId, List<Id> artists, @Nullable Id album, List<Id> genres, long loggedAt) {
  public static final RecordType<CatalogTrack> TYPE =
      RecordType.of(CatalogTrack.class, CatalogTrack::write, CatalogTrack::read);

  public static CatalogTrack of(Track track, LogRecord record) {
    return new CatalogTrack(
        Id.of(track.getTrackId()),
        track.getArtistIds().stream().distinct().map(Id::of).toList(),
        Id.ofNullable(track.getAlbumId()),
        track.getGenres().stream().map(GenreId::of).distinct().map(Id::of).toList(),
        record.loggedAt());
  }

  private void write(DataOutputView out) throws IOException {
    Id.TYPE.write(trackId, out);
    write(artists, out);
    Id.writeNullable(album, out);
    write(genres, out);
    out.writeLong(loggedAt);
  }

  private static CatalogTrack read(DataInputView in) throws IOException {
    return new CatalogTrack(
        Id.TYPE.read(in), readIds(in), Id.readNullable(in), readIds(in), in.readLong());
  }

  private static void write(List<Id> ids, DataOutputView out) throws IOException {
    out.writeInt(ids.size());
    for (Id id : ids) {
      Id.TYPE.write(id, out);
    }
  }

  private static List<Id> readIds(DataInputView in) throws IOException {
    Id[] ids = new Id[in.readInt()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Id.TYPE.read(in);
    }
    return List.of(ids);
  }
}
