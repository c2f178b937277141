package io.downbeat.schemas.topics;

import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.SecurityEvent;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** The key under which an event stands in its topic. */
public final class Keys {

  private Keys() {}

  /** So that copies of a play meet in one partition. */
  public static UUID of(Play play) {
    return play.getDeviceId() != null ? play.getDeviceId() : play.getUserId();
  }

  /** One a thing of a list, so that a topic keeps the newest of each. */
  public static UUID of(LibraryChange change) {
    return Uuids.named(change.getUserId(), change.getList().name() + "/" + change.getItemId());
  }

  /**
   * @throws IllegalArgumentException for rejected records and replays, whose keys are those of
   *     other records
   */
  public static UUID of(SpecificRecord event) {
    if (event instanceof Play play) {
      return of(play);
    } else if (event instanceof Artist artist) {
      return artist.getArtistId();
    } else if (event instanceof Album album) {
      return album.getAlbumId();
    } else if (event instanceof Track track) {
      return track.getTrackId();
    } else if (event instanceof Popularity popularity) {
      return popularity.getId();
    } else if (event instanceof AccountChange account) {
      return account.getUserId();
    } else if (event instanceof LibraryChange change) {
      return of(change);
    } else if (event instanceof SecurityEvent security) {
      return security.getUserId();
    }
    throw new IllegalArgumentException("Cannot tell the key of a " + event.getSchema().getName());
  }
}
