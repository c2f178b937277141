package io.downbeat.bench.search;

import io.downbeat.bench.search.corpus.RealCatalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The real catalogues as things to be found. A streamed track of popularity 100 has 2^30 streams,
 * each point less a third of a doubling; a broadcast one has its plays. Artists and albums have
 * what their tracks have together. Artists are told apart by name, in whatever case.
 */
final class RealThings implements Catalogue {
  private static final double OCTAVES_PER_POINT = .3;

  private final List<Thing> artists = new ArrayList<>();
  private final List<Thing> albums = new ArrayList<>();

  /** Those of which queries are made. */
  private final List<Thing> streamed = new ArrayList<>();

  private final List<Thing> broadcast = new ArrayList<>();

  private static final class Streams {
    private final Thing.Named named;
    private final List<Thing.Named> artists;
    private double streams;

    private Streams(Thing.Named named, List<Thing.Named> artists) {
      this.named = named;
      this.artists = artists;
    }
  }

  private final Map<String, Streams> byArtist = new LinkedHashMap<>();
  private final Map<String, Streams> byAlbum = new LinkedHashMap<>();

  RealThings(RealCatalogue real) {
    for (RealCatalogue.Track track : real.streamed()) {
      add(track, OCTAVES_PER_POINT * track.popularity(), streamed);
    }
    for (RealCatalogue.Track track : real.broadcast()) {
      add(track, Math.log(Math.max(1, track.popularity())) / Math.log(2), broadcast);
    }
    byArtist.values().forEach(each -> artists.add(thing(Kind.ARTIST, each)));
    byAlbum.values().forEach(each -> albums.add(thing(Kind.ALBUM, each)));
  }

  private void add(RealCatalogue.Track track, double log2Streams, List<Thing> tracks) {
    double streams = Math.pow(2, log2Streams);
    List<Thing.Named> by = new ArrayList<>();
    if (!track.artist().isEmpty()) {
      Streams artist = streams(byArtist, "artist", track.artist(), "", List.of());
      artist.streams += streams;
      by.add(artist.named);
    }
    Thing.@Nullable Named album = null;
    if (!track.album().isEmpty()) {
      Streams on = streams(byAlbum, "album", track.album(), track.artist(), by);
      on.streams += streams;
      album = on.named;
    }
    UUID id = id("track " + track.title() + "\n" + track.artist() + "\n" + track.album());
    tracks.add(new Thing(Kind.TRACK, id, track.title(), by, album, log2Streams));
  }

  private static Streams streams(
      Map<String, Streams> all, String kind, String name, String of, List<Thing.Named> artists) {
    UnaryOperator<String> lower = text -> text.toLowerCase(Locale.ROOT);
    String key = kind + " " + lower.apply(name) + "\n" + lower.apply(of);
    return all.computeIfAbsent(key, absent -> new Streams(new Thing.Named(id(key), name), artists));
  }

  private static UUID id(String key) {
    return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
  }

  private static Thing thing(Kind kind, Streams each) {
    return new Thing(
        kind,
        each.named.id(),
        each.named.name(),
        each.artists,
        null,
        Math.log(each.streams) / Math.log(2));
  }

  List<Thing> artists() {
    return artists;
  }

  List<Thing> streamed() {
    return streamed;
  }

  @Override
  public int tracks() {
    return streamed.size() + broadcast.size();
  }

  @Override
  public int size() {
    return tracks() + artists.size() + albums.size();
  }

  @Override
  public int parts() {
    return 4;
  }

  @Override
  public void read(int part, Reader reader) throws IOException, InterruptedException {
    for (Thing thing : List.of(artists, albums, streamed, broadcast).get(part)) {
      reader.read(thing);
    }
  }
}
