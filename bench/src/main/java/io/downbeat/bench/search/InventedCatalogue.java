package io.downbeat.bench.search;

import io.downbeat.bench.search.corpus.Corpus;
import java.io.IOException;
import java.util.List;

/**
 * A corpus with what its artists and albums are streamed: as much as their tracks together. Of it
 * only that is kept.
 */
final class InventedCatalogue implements Catalogue {
  private static final int PARTS = 64;

  private final Corpus corpus;
  private final double[] artistStreams;
  private final double[] albumStreams;

  InventedCatalogue(Corpus corpus) {
    this.corpus = corpus;
    artistStreams = new double[corpus.artists()];
    albumStreams = new double[corpus.albums()];
    for (int track = 0; track < corpus.tracks(); track++) {
      double streams = Math.pow(2, corpus.log2Streams(track));
      artistStreams[corpus.artistOf(track)] += streams;
      albumStreams[corpus.albumOf(track)] += streams;
    }
  }

  Corpus corpus() {
    return corpus;
  }

  @Override
  public int tracks() {
    return corpus.tracks();
  }

  @Override
  public int size() {
    return corpus.tracks() + corpus.albums() + corpus.artists();
  }

  @Override
  public int parts() {
    return PARTS;
  }

  @Override
  public void read(int part, Reader reader) throws IOException, InterruptedException {
    for (int i = from(part, corpus.artists()); i < from(part + 1, corpus.artists()); i++) {
      Corpus.Artist artist = corpus.artist(i);
      reader.read(
          new Thing(
              Kind.ARTIST, artist.id(), artist.name(), List.of(), null, log2(artistStreams[i])));
    }
    for (int i = from(part, corpus.albums()); i < from(part + 1, corpus.albums()); i++) {
      Corpus.Album album = corpus.album(i);
      reader.read(
          new Thing(
              Kind.ALBUM,
              album.id(),
              album.title(),
              List.of(named(album.artist())),
              null,
              log2(albumStreams[i])));
      for (Corpus.Track track : corpus.tracksOf(album)) {
        reader.read(thing(track));
      }
    }
  }

  Thing thing(Corpus.Track track) {
    return new Thing(
        Kind.TRACK,
        track.id(),
        track.title(),
        track.artists().stream().map(InventedCatalogue::named).toList(),
        new Thing.Named(track.album().id(), track.album().title()),
        corpus.log2Streams(track.number()));
  }

  private static Thing.Named named(Corpus.Artist artist) {
    return new Thing.Named(artist.id(), artist.name());
  }

  /** 0 of what is not streamed. */
  private static double log2(double streams) {
    return Math.log(1 + streams) / Math.log(2);
  }

  private static int from(int part, int count) {
    return (int) ((long) count * part / PARTS);
  }
}
