package io.downbeat.schemas.topics;

import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.avro.Replay;
import io.downbeat.schemas.avro.SecurityEvent;
import io.downbeat.schemas.avro.Track;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every topic there is. Topic creation, registry subjects and compatibility tests follow it. */
public final class Topics {

  /**
   * For how long a compacted topic keeps the tombstone of a thing that was withdrawn: whoever
   * follows it must not stand still for longer, or begin again.
   */
  public static final Duration TOMBSTONES_KEPT = Duration.ofDays(7);

  /**
   * Key: device_id, or user_id where there is none, so that copies of a play meet in one partition.
   */
  public static final Topic<Play> PLAYS =
      new Topic<>("plays", Play.class, 12, kept(Duration.ofDays(45)));

  /** Key: artist_id. */
  public static final Topic<Artist> ARTISTS = new Topic<>("artists", Artist.class, 4, compacted());

  /** Key: album_id. */
  public static final Topic<Album> ALBUMS = new Topic<>("albums", Album.class, 4, compacted());

  /** Key: track_id. */
  public static final Topic<Track> TRACKS = new Topic<>("tracks", Track.class, 4, compacted());

  /** Key: id of the track, artist or album; ids are unique over kinds. */
  public static final Topic<Popularity> POPULARITY =
      new Topic<>("popularity", Popularity.class, 4, compacted());

  /** Key: user_id. */
  public static final Topic<AccountChange> ACCOUNT_CHANGES =
      new Topic<>("account-changes", AccountChange.class, 4, compacted());

  /** Key: UUIDv5 of the user_id, and the list and item_id. */
  public static final Topic<LibraryChange> LIBRARY_CHANGES =
      new Topic<>("library-changes", LibraryChange.class, 4, compacted());

  /** Key: user_id. */
  public static final Topic<SecurityEvent> SECURITY_EVENTS =
      new Topic<>("security-events", SecurityEvent.class, 4, kept(Duration.ofDays(400)));

  /** Most bytes of a record that holds the largest one of any other topic. */
  public static final String REJECTED_BYTES = Integer.toString(2 << 20);

  /** Key: UUIDv5 of topic, partition and offset, so that a record rejected twice is seen to be. */
  public static final Topic<Rejected> REJECTED =
      new Topic<>(
          "rejected",
          Rejected.class,
          3,
          with(kept(Duration.ofDays(90)), "max.message.bytes", REJECTED_BYTES));

  /**
   * Key: that of the rejected record. One partition, so that of two decisions on a record the first
   * is the same for everyone; kept for longer than what they are about.
   */
  public static final Topic<Replay> REPLAYS =
      new Topic<>(
          "replays",
          Replay.class,
          1,
          with(kept(Duration.ofDays(180)), "max.message.bytes", REJECTED_BYTES));

  public static final List<Topic<?>> ALL =
      List.of(
          PLAYS,
          ARTISTS,
          ALBUMS,
          TRACKS,
          POPULARITY,
          ACCOUNT_CHANGES,
          LIBRARY_CHANGES,
          SECURITY_EVENTS,
          REJECTED,
          REPLAYS);

  private Topics() {}

  private static Map<String, String> kept(Duration retention) {
    return Map.of(
        "cleanup.policy", "delete",
        "retention.ms", Long.toString(retention.toMillis()),
        "message.timestamp.type", "LogAppendTime");
  }

  private static Map<String, String> with(Map<String, String> config, String key, String value) {
    Map<String, String> more = new HashMap<>(config);
    more.put(key, value);
    return more;
  }

  private static Map<String, String> compacted() {
    return Map.of(
        "cleanup.policy", "compact",
        "delete.retention.ms", Long.toString(TOMBSTONES_KEPT.toMillis()),
        "message.timestamp.type", "LogAppendTime");
  }
}
