package io.downbeat.bench.counting;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.CountedPlay;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the table of counts must hold, added up play by play by who made the plays. Buckets are
 * packed into a long; listeners are followed for one thing in sixteen.
 */
final class Expected {
  private static final int FOLLOWED = 16;
  private static final double ESTIMATE_OFF_BY = .05;
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final World world;
  private long[] keys = new long[1 << 16];
  private int[] plays = new int[1 << 16];
  private int[] streams = new int[1 << 16];
  private int[] skips = new int[1 << 16];
  private long[] millis = new long[1 << 16];
  private int size;
  private long distinct;
  private final Set<Long> listenings = new HashSet<>();
  private final Map<Long, Integer> listeners = new HashMap<>();

  Expected(World world) {
    this.world = world;
  }

  /** Buckets with at least one play. */
  int buckets() {
    return size;
  }

  /** Plays, each once. */
  long plays() {
    return distinct;
  }

  void add(Listening.Heard heard) {
    if (!heard.first()) {
      return;
    }
    distinct++;
    add(CountedKind.TRACK, heard.track(), heard);
    add(CountedKind.ARTIST, world.artist(heard.track()), heard);
    add(CountedKind.ALBUM, world.album(heard.track()), heard);
    for (int genre : world.genres(heard.track())) {
      add(CountedKind.GENRE, genre, heard);
    }
    add(CountedKind.EVERYTHING, 0, heard);
  }

  private void add(CountedKind kind, int number, Listening.Heard heard) {
    Play play = heard.play();
    long started = play.getStartedAt().toEpochMilli();
    for (Granularity granularity :
        new Granularity[] {Granularity.HOUR, Granularity.DAY, Granularity.ALL}) {
      long key = key(kind, number, granularity, granularity.bucketOf(started));
      int slot = slot(key);
      if (granularity != Granularity.ALL) {
        plays[slot]++;
        streams[slot] += CountedPlay.isStream(play.getPlayedMillis()) ? 1 : 0;
        skips[slot] += play.getEndReason() == EndReason.SKIPPED ? 1 : 0;
        millis[slot] += play.getPlayedMillis();
      }
      if (granularity != Granularity.HOUR
          && isFollowed(kind, number)
          && listenings.add(World.mix(key ^ World.mix(heard.listener())))) {
        listeners.merge(key, 1, Integer::sum);
      }
    }
  }

  /**
   * Null if it is what the plays add up to.
   *
   * @param id names a number of the kind
   */
  @org.jspecify.annotations.Nullable
  String difference(
      CountedKind kind, int number, Granularity granularity, long start, Map<String, Long> cells) {
    long key = key(kind, number, granularity, start);
    int slot = slot(key);
    Map<String, Long> expected = new HashMap<>();
    put(expected, "plays", plays[slot]);
    put(expected, "streams", streams[slot]);
    put(expected, "skips", skips[slot]);
    put(expected, "listened_millis", millis[slot]);
    Map<String, Long> found = new HashMap<>(cells);
    found.values().removeIf(value -> value == 0);
    long heardBy = found.getOrDefault(UniqueListeners.KEY, 0L);
    found.remove(UniqueListeners.KEY);
    boolean listenersFit =
        granularity == Granularity.HOUR
            || !isFollowed(kind, number)
            || isNear(listeners.getOrDefault(key, 0), heardBy);
    return listenersFit && found.equals(expected)
        ? null
        : "%s %d by %s at %d holds %s, but its plays add up to %s, heard by %s"
            .formatted(kind, number, granularity, start, cells, expected, listeners.get(key));
  }

  private static boolean isNear(long expected, long found) {
    return expected <= UniqueListeners.EXACT_TO
        ? expected == found
        : Math.abs(expected - found) <= ESTIMATE_OFF_BY * expected;
  }

  private static void put(Map<String, Long> cells, String name, long value) {
    if (value != 0) {
      cells.put(name, value);
    }
  }

  private static boolean isFollowed(CountedKind kind, int number) {
    return (kind == CountedKind.TRACK || kind == CountedKind.ARTIST || kind == CountedKind.ALBUM)
        && number % FOLLOWED == 0;
  }

  private static long key(CountedKind kind, int number, Granularity granularity, long start) {
    return (((((long) kind.ordinal() << 2) | granularity.ordinal()) << 25 | number) << 22
            | start / HOUR)
        + 1;
  }

  private int slot(long key) {
    if (size * 2 > keys.length) {
      grow();
    }
    int slot = place(key);
    if (keys[slot] == 0) {
      keys[slot] = key;
      size++;
    }
    return slot;
  }

  private int place(long key) {
    int slot = (int) World.mix(key) & (keys.length - 1);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldPlays = plays;
    int[] oldStreams = streams;
    int[] oldSkips = skips;
    long[] oldMillis = millis;
    keys = new long[2 * oldKeys.length];
    plays = new int[keys.length];
    streams = new int[keys.length];
    skips = new int[keys.length];
    millis = new long[keys.length];
    Arrays.fill(keys, 0);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = place(oldKeys[i]);
        keys[slot] = oldKeys[i];
        plays[slot] = oldPlays[i];
        streams[slot] = oldStreams[i];
        skips[slot] = oldSkips[i];
        millis[slot] = oldMillis[i];
      }
    }
  }
}
