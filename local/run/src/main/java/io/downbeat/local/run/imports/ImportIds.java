package io.downbeat.local.run.imports;

import io.downbeat.schemas.identity.Uuids;
import java.text.Normalizer;
import java.util.Locale;
import java.util.UUID;

/**
 * Identity of what a file names without an id of Downbeat's own: version 5 UUIDs (RFC 9562), each
 * kind in a namespace of its own. The same names give the same ids in every file, on every machine,
 * for ever; so importing a file twice changes nothing.
 *
 * <p>Artists, titles and listeners are the same when their names are the same in Unicode NFC,
 * without outer blanks and regard to case ({@link #key}). The parts of an id's name are joined with
 * U+001F.
 */
public final class ImportIds {

  private static final UUID ARTIST = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a001");
  private static final UUID ALBUM = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a002");
  private static final UUID TRACK = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a003");
  private static final UUID LISTENER = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a004");
  private static final UUID RADIO_PLAY = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a005");
  private static final UUID FOREIGN_ARTIST =
      UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a006");
  private static final UUID FOREIGN_ALBUM = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a007");
  private static final UUID FOREIGN_TRACK = UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a008");

  private static final UUID TRACK_OF_ALBUM =
      UUID.fromString("0f6c6d2e-8a0b-5a39-9a52-61f2b1d7a009");

  private static final String SEPARATOR = "\u001f";

  private ImportIds() {}

  /** An artist known by name alone. */
  public static UUID artist(String name) {
    return Uuids.named(ARTIST, key(name));
  }

  /** An album known by its artist and title; the artist may be blank. */
  public static UUID album(String artist, String title) {
    return Uuids.named(ALBUM, key(artist) + SEPARATOR + key(title));
  }

  /**
   * A track known by its artist and title; the artist may be blank. Its album is no part of its
   * identity.
   */
  public static UUID track(String artist, String title) {
    return Uuids.named(TRACK, key(artist) + SEPARATOR + key(title));
  }

  /** A track that is named as another one, and known by its place too. */
  public static UUID trackOfAlbum(String artist, String title, String album, int disc, int number) {
    return Uuids.named(
        TRACK_OF_ALBUM,
        String.join(
            SEPARATOR,
            key(artist),
            key(title),
            key(album),
            Integer.toString(disc),
            Integer.toString(number)));
  }

  /** A radio program as a listener; the blank program is one listener too. */
  public static UUID listener(String program) {
    return Uuids.named(LISTENER, key(program));
  }

  /**
   * A row of a radio's plays: all its cells, without outer blanks, case kept. Rows that are equal
   * in every cell are one play (a program starts a track once in a second), wherever they stand;
   * rows that differ in any cell are different plays. The zone is no part of it.
   */
  public static UUID radioPlay(
      String localTime,
      String program,
      String artist,
      String track,
      String album,
      String durationSeconds) {
    return Uuids.named(
        RADIO_PLAY,
        String.join(
            SEPARATOR,
            localTime.strip(),
            program.strip(),
            artist.strip(),
            track.strip(),
            album.strip(),
            durationSeconds.strip()));
  }

  /** An artist by the id that a streaming catalogue gives it, case kept. */
  public static UUID foreignArtist(String id) {
    return Uuids.named(FOREIGN_ARTIST, id.strip());
  }

  /** An album by the id that a streaming catalogue gives it, case kept. */
  public static UUID foreignAlbum(String id) {
    return Uuids.named(FOREIGN_ALBUM, id.strip());
  }

  /** A track by the id that a streaming catalogue gives it, case kept. */
  public static UUID foreignTrack(String id) {
    return Uuids.named(FOREIGN_TRACK, id.strip());
  }

  /** What of a name makes it the same name. */
  public static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC).strip().toLowerCase(Locale.ROOT);
  }
}
