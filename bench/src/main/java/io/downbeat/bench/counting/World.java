package io.downbeat.bench.counting;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.CountedKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The invented catalogue: ten tracks an album, two albums an artist, one or two of twenty genres a
 * track. A thing is a number of its kind, and its id holds that number, so that a row that was read
 * back can be told from its id.
 */
record World(int tracks) {
  private static final int GENRES = 20;
  private static final Map<UUID, Integer> GENRE_NUMBERS = new HashMap<>();

  static {
    IntStream.range(0, GENRES).forEach(n -> GENRE_NUMBERS.put(GenreId.of(genre(n)), n));
  }

  static UUID id(CountedKind kind, int number) {
    return switch (kind) {
      case GENRE -> GenreId.of(genre(number));
      case EVERYTHING -> CountedKind.EVERYTHING_ID;
      default -> idOf(kind.ordinal() + 1, number);
    };
  }

  static int number(CountedKind kind, UUID id) {
    return switch (kind) {
      case GENRE -> GENRE_NUMBERS.getOrDefault(id, GENRES);
      case EVERYTHING -> 0;
      default -> (int) id.getLeastSignificantBits();
    };
  }

  /**
   * @param space keeps ids of different kinds apart
   */
  static UUID idOf(int space, int number) {
    long random = mix(((long) space << 32) | number);
    return new UUID(
        (random & ~0xF000L) | 0x4000L,
        (mix(random) & 0x3FFF_FFFF_0000_0000L) | 0x8000_0000_0000_0000L | number);
  }

  int album(int track) {
    return track / 10;
  }

  int artist(int track) {
    return track / 20;
  }

  int[] genres(int track) {
    int first = Math.floorMod(mix(artist(track)), GENRES);
    int second = Math.floorMod(mix(track), GENRES);
    return first == second || track % 2 == 0 ? new int[] {first} : new int[] {first, second};
  }

  Track track(int track) {
    return Track.newBuilder()
        .setTrackId(id(CountedKind.TRACK, track))
        .setTitle("Track " + track)
        .setArtistIds(List.of(id(CountedKind.ARTIST, artist(track))))
        .setAlbumId(id(CountedKind.ALBUM, album(track)))
        .setGenres(IntStream.of(genres(track)).mapToObj(World::genre).toList())
        .setDurationMillis(200_000L)
        .setTrackNumber(track % 10 + 1)
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }

  private static String genre(int number) {
    return "Genre " + number;
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
