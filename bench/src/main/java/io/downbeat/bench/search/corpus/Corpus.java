package io.downbeat.bench.search.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Some million tracks with their albums and artists, each made from its number and the seed when it
 * is asked for: in any order, by any thread, and none is kept.
 *
 * <p>Albums have eight to twelve tracks. Of m artists the first n have √(n/m) of the albums. Tracks
 * are streamed by Zipf's law with the exponent 1; which track has which rank is a permutation, so
 * that either is found from the other.
 */
public final class Corpus {
  /** Tracks of five albums in a row. */
  private static final int[] TRACKS_OF = {10, 8, 12, 9, 11};

  private static final int ALBUMS_OF_ROUND = TRACKS_OF.length;
  private static final int TRACKS_OF_ROUND = Arrays.stream(TRACKS_OF).sum();
  private static final int TRACKS_OF_ARTIST = 12;

  /** The most streamed track has so many: two billion. */
  private static final double MOST_LOG2_STREAMS = 31;

  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final long NUMBERED = 0x8000_0000_0000_0000L;

  private final long seed;
  private final int tracks;
  private final long stride;
  private final long strideBack;
  private final Phrases titles;
  private final Phrases albumTitles;
  private final Phrases artistNames;
  private final double growth;

  /**
   * @param number from 0
   */
  public record Artist(int number, UUID id, String name) {}

  public record Album(int number, UUID id, String title, Artist artist, int tracks) {}

  /**
   * @param artists the album's own first
   * @param position on the album, from 1
   */
  public record Track(
      int number, UUID id, String title, List<Artist> artists, Album album, int position) {}

  /** What ids are of. */
  enum Kind {
    TRACK,
    ALBUM,
    ARTIST
  }

  public Corpus(RealCatalogue real, int tracks, long seed) {
    if (tracks < TRACKS_OF_ROUND) {
      throw new IllegalArgumentException(
          "Cannot make a catalogue of %d tracks: at least %d".formatted(tracks, TRACKS_OF_ROUND));
    }
    this.seed = seed;
    this.tracks = tracks;
    this.stride = coprime((long) (tracks * GOLDEN));
    this.strideBack = inverse(stride, tracks);
    List<String> realTitles = new ArrayList<>();
    List<String> realAlbums = new ArrayList<>();
    List<String> realArtists = new ArrayList<>();
    for (RealCatalogue.Track track :
        Stream.concat(real.streamed().stream(), real.broadcast().stream()).toList()) {
      add(track.title(), realTitles);
      add(track.album(), realAlbums);
      add(track.artist(), realArtists);
    }
    List<String> distinctArtists = distinct(realArtists);
    List<String> titleWords = realTitles.stream().flatMap(Phrases::ownWords).toList();
    List<String> artistWords = distinctArtists.stream().flatMap(Phrases::ownWords).toList();
    List<String> all = new ArrayList<>(Words.counted(titleWords).keySet());
    all.addAll(Words.counted(artistWords).keySet());
    all.sort(null);
    Letters letters = new Letters(all);
    Words ofTitles = new Words(titleWords, letters, seed);
    titles = new Phrases(realTitles, ofTitles);
    albumTitles = new Phrases(distinct(realAlbums), ofTitles);
    artistNames = new Phrases(distinctArtists, new Words(artistWords, letters, seed + 1));
    growth = ofTitles.growth();
  }

  private static List<String> distinct(Collection<String> names) {
    return names.stream().distinct().sorted().toList();
  }

  /** In braces a radio station says how it came by a recording; some names were damaged. */
  private static void add(String name, List<String> names) {
    if (!name.isEmpty() && name.indexOf('{') < 0 && name.indexOf('\uFFFD') < 0) {
      names.add(name);
    }
  }

  public int tracks() {
    return tracks;
  }

  public int albums() {
    return albumOf(tracks - 1) + 1;
  }

  public int artists() {
    return tracks / TRACKS_OF_ARTIST;
  }

  /** The exponent of Heaps' law of its titles. */
  public double growth() {
    return growth;
  }

  public Track track(int number) {
    int firstOfRound = number / TRACKS_OF_ROUND * TRACKS_OF_ROUND;
    int inRound = number - firstOfRound;
    int albumInRound = 0;
    while (inRound >= TRACKS_OF[albumInRound]) {
      inRound -= TRACKS_OF[albumInRound++];
    }
    Album album = album(number / TRACKS_OF_ROUND * ALBUMS_OF_ROUND + albumInRound);
    return track(number, inRound + 1, album);
  }

  /** Its tracks, in order. */
  public List<Track> tracksOf(Album album) {
    int first = firstTrackOf(album.number());
    List<Track> all = new ArrayList<>(album.tracks());
    for (int i = 0; i < album.tracks(); i++) {
      all.add(track(first + i, i + 1, album));
    }
    return all;
  }

  private Track track(int number, int position, Album album) {
    SplittableRandom random = Seeds.of(seed, Kind.TRACK.ordinal(), number);
    Phrases.Made made =
        titles.make(random, script(album.artist().number()), guest(random, album.artist()));
    List<Artist> artists =
        made.guest() == null
            ? List.of(album.artist())
            : List.of(album.artist(), artist(made.guest().intValue()));
    return new Track(number, id(Kind.TRACK, number), made.name(), artists, album, position);
  }

  public Album album(int number) {
    SplittableRandom random = Seeds.of(seed, Kind.ALBUM.ordinal(), number);
    Artist artist = artist(artistOfAlbum(random));
    Phrases.Made made = albumTitles.make(random, script(artist.number()), guest(random, artist));
    int count = Math.min(TRACKS_OF[number % ALBUMS_OF_ROUND], tracks - firstTrackOf(number));
    return new Album(number, id(Kind.ALBUM, number), made.name(), artist, count);
  }

  public Artist artist(int number) {
    SplittableRandom random = Seeds.of(seed, Kind.ARTIST.ordinal(), number);
    Phrases.Made made =
        artistNames.make(random, script(number), () -> new Phrases.Guest(0, "Friends"));
    return new Artist(number, id(Kind.ARTIST, number), made.name());
  }

  /** The number of the artist of whom a track is, found without making either. */
  public int artistOf(int track) {
    return artistOfAlbum(Seeds.of(seed, Kind.ALBUM.ordinal(), albumOf(track)));
  }

  private int artistOfAlbum(SplittableRandom random) {
    double drawn = random.nextDouble();
    return (int) (artists() * drawn * drawn);
  }

  private Supplier<Phrases.Guest> guest(SplittableRandom random, Artist host) {
    return () -> {
      int number = artistOfAlbum(random);
      Artist guest = artist(number == host.number() ? (number + 1) % artists() : number);
      return new Phrases.Guest(guest.number(), guest.name());
    };
  }

  private Script script(int artist) {
    return Script.of(Seeds.of(seed, 's', artist));
  }

  public int albumOf(int track) {
    int album = track / TRACKS_OF_ROUND * ALBUMS_OF_ROUND;
    for (int rest = track % TRACKS_OF_ROUND; rest >= TRACKS_OF[album % ALBUMS_OF_ROUND]; album++) {
      rest -= TRACKS_OF[album % ALBUMS_OF_ROUND];
    }
    return album;
  }

  private static int firstTrackOf(int album) {
    int first = album / ALBUMS_OF_ROUND * TRACKS_OF_ROUND;
    for (int i = 0; i < album % ALBUMS_OF_ROUND; i++) {
      first += TRACKS_OF[i];
    }
    return first;
  }

  /** 0 of the track that is streamed most. */
  public int rankOf(int track) {
    return (int) (track * stride % tracks);
  }

  public int trackOfRank(int rank) {
    return (int) (rank * strideBack % tracks);
  }

  /** A track, as often as it is streamed. */
  public int streamed(SplittableRandom random) {
    return trackOfRank((int) Math.min(tracks - 1, Math.pow(tracks, random.nextDouble()) - 1));
  }

  public double log2Streams(int track) {
    return MOST_LOG2_STREAMS - Math.log(rankOf(track) + 1) / Math.log(2);
  }

  private long coprime(long from) {
    long candidate = Math.max(1, from);
    while (gcd(candidate, tracks) != 1) {
      candidate++;
    }
    return candidate;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Euclid's, extended. */
  private static long inverse(long value, long modulus) {
    long previous = 0;
    long current = 1;
    long high = modulus;
    long low = value;
    while (low > 1) {
      long quotient = high / low;
      long rest = high % low;
      long next = previous - quotient * current;
      high = low;
      low = rest;
      previous = current;
      current = next;
    }
    return Math.floorMod(current, modulus);
  }

  private UUID id(Kind kind, long number) {
    long high = Seeds.mix(seed * 31 + kind.ordinal() + Seeds.mix(number));
    return new UUID(high & ~0xF000L | 0x4000L, NUMBERED | (long) kind.ordinal() << 40 | number);
  }
}
