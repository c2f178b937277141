package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.CatalogLines;
import io.downbeat.local.run.api.Kind;
import io.downbeat.schemas.identity.Uuids;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Invented artists, albums and tracks. Within a genre the tracks are ranked, and the draw of a
 * track follows Zipf's law over the ranks: weight 1 / rank^{@value #ZIPF}. Immutable; the same from
 * the same seed and number of tracks.
 */
public final class Catalogue {
  /** Scenes of each genre. */
  static final int SCENES = 3;

  private static final int LINES_A_REQUEST = 2_000;
  private static final double ZIPF = 1.0;
  private static final LocalDate FIRST_RELEASE = LocalDate.of(1985, 1, 1);
  private static final int RELEASE_DAYS = 41 * 365;
  private static final List<List<String>> REGIONS =
      List.of(
          List.of("AU", "NZ"),
          List.of("CA", "US"),
          List.of("AT", "CH", "DE"),
          List.of("DK", "FI", "NO", "SE"),
          List.of("AR", "BR", "CL", "MX"),
          List.of("JP"));

  private final UUID namespace;
  private final List<Artist> artists = new ArrayList<>();
  private final List<Album> albums = new ArrayList<>();
  private final List<Track> tracks = new ArrayList<>();
  private final Map<Album, List<Track>> byAlbum = new HashMap<>();
  private final Map<Artist, List<Track>> byArtist = new HashMap<>();
  private final double[] weights;
  private final Weighted<Genre> genres =
      new Weighted<>(Arrays.asList(Genre.values()), Genre::share);
  private final Weighted<Track> all;

  /** By the genre's ordinal; the second one then by scene. */
  private final List<Weighted<Track>> ofGenre = new ArrayList<>();

  private final List<List<Weighted<Track>>> ofScene = new ArrayList<>();

  Catalogue(long seed, int atLeastTracks) {
    namespace = Uuids.named(new UUID(0x51D0_CA7A_1060_5000L, seed), "catalogue");
    SplittableRandom random = new SplittableRandom(seed);
    Names names = new Names(random.split());
    int smallest = Genre.values().length * SCENES;
    while (tracks.size() < atLeastTracks || artists.size() < smallest) {
      addArtist(names, random);
    }
    weights = new double[tracks.size()];
    for (Genre genre : Genre.values()) {
      rank(genre, random);
    }
    all = new Weighted<>(tracks, track -> weights[track.index()]);
  }

  public Stream<Artist> artists() {
    return artists.stream();
  }

  public Stream<Album> albums() {
    return albums.stream();
  }

  public Stream<Track> tracks() {
    return tracks.stream();
  }

  public int size() {
    return tracks.size();
  }

  /** Objects for {@code POST /v1/catalog}, in the order in which they must arrive. */
  Stream<String> lines() {
    return Stream.of(
            artists()
                .map(
                    artist ->
                        CatalogLines.artist(
                            artist.id(), artist.name(), List.of(artist.genre().label()))),
            albums()
                .map(
                    album ->
                        CatalogLines.album(
                            album.id(),
                            album.title(),
                            List.of(album.artist().id()),
                            List.of(album.artist().genre().label()),
                            album.releaseDate().toString(),
                            album.totalTracks(),
                            "")),
            tracks().map(track -> line(track, "")))
        .flatMap(lines -> lines);
  }

  private static String line(Track track, String sound) {
    return CatalogLines.track(
        track.id(),
        track.title(),
        track.artistIds(),
        track.album().id(),
        List.of(track.genre().label()),
        track.durationMillis(),
        track.number(),
        track.explicit(),
        new CatalogLines.MoreOfTrack(
            roles(track), 1, track.album().countries(), track.isrc(), sound));
  }

  private static List<String> roles(Track track) {
    return track.guests().isEmpty()
        ? List.of()
        : Stream.concat(Stream.of("main"), track.guests().stream().map(guest -> "featured"))
            .toList();
  }

  /** Sends all of it; sent again, it is the same. */
  void send(ApiClient api) throws CannotSend, InterruptedException {
    send(api, lines().iterator());
  }

  /**
   * Sends the tracks of a genre again, now with their sounds.
   *
   * @param contents which the tracks share
   */
  void sendSounds(ApiClient api, Genre genre, List<String> contents)
      throws CannotSend, InterruptedException {
    send(
        api,
        tracks()
            .filter(track -> track.genre() == genre)
            .map(track -> line(track, contents.get(track.index() % contents.size())))
            .iterator());
  }

  private static void send(ApiClient api, Iterator<String> lines)
      throws CannotSend, InterruptedException {
    while (lines.hasNext()) {
      StringBuilder body = new StringBuilder();
      for (int n = 0; n < LINES_A_REQUEST && lines.hasNext(); n++) {
        body.append(lines.next()).append('\n');
      }
      ApiClient.Answer answer =
          api.post(Kind.CATALOG, body.toString().getBytes(StandardCharsets.UTF_8));
      if (!answer.rejected().isEmpty()) {
        throw new IllegalStateException(
            "Cannot send the catalogue: the API refuses a line: " + answer.rejected().get(0));
      }
    }
  }

  Track track(int index) {
    return tracks.get(index);
  }

  /** In the album's order. */
  List<Track> of(Album album) {
    return byAlbum.getOrDefault(album, List.of());
  }

  /** Best known first. */
  List<Track> of(Artist artist) {
    return byArtist.getOrDefault(artist, List.of());
  }

  Genre drawGenre(RandomGenerator random) {
    return genres.draw(random);
  }

  Track draw(RandomGenerator random) {
    return all.draw(random);
  }

  Track draw(Genre genre, RandomGenerator random) {
    return ofGenre.get(genre.ordinal()).draw(random);
  }

  Track draw(Genre genre, int scene, RandomGenerator random) {
    return ofScene.get(genre.ordinal()).get(scene).draw(random);
  }

  private void addArtist(Names names, SplittableRandom random) {
    // The first ones fill every scene once; then the genres get their shares.
    int n = artists.size();
    Genre[] kinds = Genre.values();
    Genre genre = n < kinds.length * SCENES ? kinds[n % kinds.length] : genres.draw(random);
    int scene = n < kinds.length * SCENES ? n / kinds.length : random.nextInt(SCENES);
    Artist artist = new Artist(id("artist", n), names.artist(genre), genre, scene);
    artists.add(artist);
    Set<String> titles = new HashSet<>();
    int begun = random.nextInt(RELEASE_DAYS);
    for (int albumsLeft = 1 + random.nextInt(2); albumsLeft > 0; albumsLeft--) {
      int total =
          switch (random.nextInt(5)) {
            case 0, 1 -> 1 + random.nextInt(2);
            case 2 -> 4 + random.nextInt(3);
            default -> 8 + random.nextInt(6);
          };
      addAlbum(artist, total, begun, names, titles, random);
      begun = Math.min(RELEASE_DAYS, begun + 200 + random.nextInt(900));
    }
  }

  private void addAlbum(
      Artist artist, int total, int day, Names names, Set<String> titles, SplittableRandom random) {
    List<String> its = new ArrayList<>();
    while (its.size() < total) {
      String title = names.title(artist.genre());
      if (titles.add(title)) {
        its.add(title);
      }
    }
    Album album =
        new Album(
            id("album", albums.size()),
            its.get(random.nextInt(total)),
            artist,
            FIRST_RELEASE.plusDays(day),
            total,
            countries(albums.size()));
    albums.add(album);
    List<Track> inOrder = new ArrayList<>();
    for (int number = 1; number <= total; number++) {
      double seconds = artist.genre().usualSeconds() * Math.exp(0.22 * random.nextGaussian());
      Track track =
          new Track(
              id("track", tracks.size()),
              tracks.size(),
              its.get(number - 1),
              album,
              guests(artist, tracks.size()),
              number,
              (int) (1_000 * Math.min(900, Math.max(61, seconds))),
              artist.genre() == Genre.HIP_HOP && random.nextInt(3) == 0,
              isrc(album, tracks.size()));
      tracks.add(track);
      inOrder.add(track);
    }
    byAlbum.put(album, List.copyOf(inOrder));
    byArtist.computeIfAbsent(artist, a -> new ArrayList<>()).addAll(inOrder);
  }

  /** One of the genre's earlier artists on every tenth track, and now and then two. */
  private List<Artist> guests(Artist artist, int track) {
    RandomGenerator random = aside("guests", track);
    if (random.nextInt(10) > 0) {
      return List.of();
    }
    List<Artist> others =
        artists.stream()
            .filter(other -> other.genre() == artist.genre() && !other.equals(artist))
            .toList();
    return random
        .ints(1 + random.nextInt(4) / 3, 0, Math.max(1, others.size()))
        .filter(n -> n < others.size())
        .distinct()
        .mapToObj(others::get)
        .toList();
  }

  /** Some albums are not out everywhere. */
  private @Nullable List<String> countries(int album) {
    RandomGenerator random = aside("countries", album);
    return random.nextInt(20) > 0 ? null : REGIONS.get(random.nextInt(REGIONS.size()));
  }

  /** Of a country that doesn't exist, so that no real recording has it. */
  private static String isrc(Album album, int track) {
    return "ZZ%s%02d%05d"
        .formatted(
            Integer.toString(36 * 36 * 10 + track / 100_000, 36).toUpperCase(Locale.ROOT),
            album.releaseDate().getYear() % 100,
            track % 100_000);
  }

  /** Draws nothing from what the rest is drawn from. */
  private RandomGenerator aside(String what, int n) {
    return new SplittableRandom(id(what, n).getMostSignificantBits());
  }

  /** Well-known artists have many of the genre's first ranks. */
  private void rank(Genre genre, SplittableRandom random) {
    double[] fame = new double[tracks.size()];
    List<Track> ranked = new ArrayList<>();
    for (Artist artist : artists) {
      if (artist.genre() == genre) {
        double known = 1.3 * random.nextGaussian();
        for (Track track : of(artist)) {
          fame[track.index()] = known + 0.9 * random.nextGaussian();
          ranked.add(track);
        }
      }
    }
    Comparator<Track> best = Comparator.comparingDouble(track -> -fame[track.index()]);
    ranked.sort(best);
    double sum = 0;
    for (int rank = 1; rank <= ranked.size(); rank++) {
      sum += Math.pow(rank, -ZIPF);
    }
    for (int rank = 1; rank <= ranked.size(); rank++) {
      weights[ranked.get(rank - 1).index()] = genre.share() * Math.pow(rank, -ZIPF) / sum;
    }
    byArtist.forEach(
        (artist, its) -> {
          if (artist.genre() == genre) {
            its.sort(best);
          }
        });
    ofGenre.add(new Weighted<>(ranked, track -> weights[track.index()]));
    List<Weighted<Track>> scenes = new ArrayList<>();
    for (int s = 0; s < SCENES; s++) {
      int scene = s;
      scenes.add(
          new Weighted<>(
              ranked.stream().filter(track -> track.artist().scene() == scene).toList(),
              track -> weights[track.index()]));
    }
    ofScene.add(List.copyOf(scenes));
  }

  private UUID id(String kind, int n) {
    return Uuids.named(namespace, kind + "/" + n);
  }
}
