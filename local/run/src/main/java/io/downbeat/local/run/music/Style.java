package io.downbeat.local.run.music;

import io.downbeat.local.run.simulate.Genre;

/**
 * How a genre is played.
 *
 * @param slowest and fastest, in beats a minute
 * @param scale semitones of its seven notes above the root
 * @param changes scale degrees of the roots of chords, one a bar; a piece has two of them
 * @param tones notes of a chord, stacked in thirds
 * @param chords what plays them
 * @param strum sixteenths of a bar at which chords begin, marked x; held where nothing is marked
 * @param bass what plays the roots; at the marks of its own pattern
 * @param melody what plays it
 * @param swing by which every second eighth comes late, in eighths
 */
record Style(
    int slowest,
    int fastest,
    int[] scale,
    int[][] changes,
    int tones,
    Voice chords,
    String strum,
    Voice bass,
    String bassline,
    Voice melody,
    double swing,
    String kick,
    String snare,
    String hat) {

  private static final int[] MAJOR = {0, 2, 4, 5, 7, 9, 11};
  private static final int[] MINOR = {0, 2, 3, 5, 7, 8, 10};
  private static final int[] DORIAN = {0, 2, 3, 5, 7, 9, 10};
  private static final int[] MIXOLYDIAN = {0, 2, 4, 5, 7, 9, 10};
  private static final int[] PHRYGIAN = {0, 1, 3, 5, 7, 8, 10};

  private static final String NONE = "................";
  private static final String ONCE = "x...............";
  private static final String FOUR = "x...x...x...x...";
  private static final String BACKBEAT = "....x.......x...";
  private static final String EIGHTHS = "x.x.x.x.x.x.x.x.";
  private static final String OFFBEATS = "..x...x...x...x.";

  private static final int[][] BRIGHT = {{0, 4, 5, 3}, {3, 4, 0, 5}, {0, 5, 3, 4}};
  private static final int[][] DARK = {{0, 5, 2, 6}, {0, 3, 5, 4}, {0, 6, 5, 6}};
  private static final int[][] STILL = {{0, 3, 0, 4}, {5, 3, 0, 0}, {0, 0, 3, 3}};
  private static final int[][] TURNS = {{1, 4, 0, 5}, {2, 5, 1, 4}, {0, 3, 2, 5}};

  static Style of(Genre genre) {
    return switch (genre) {
      case POP ->
          new Style(
              100,
              118,
              MAJOR,
              BRIGHT,
              3,
              Voice.PLUCK,
              "x..x..x.x..x..x.",
              Voice.BASS,
              EIGHTHS,
              Voice.LEAD,
              0,
              FOUR,
              BACKBEAT,
              EIGHTHS);
      case HIP_HOP ->
          new Style(
              82,
              94,
              MINOR,
              DARK,
              4,
              Voice.BELL,
              ONCE,
              Voice.BASS,
              "x.....x...x.....",
              Voice.PLUCK,
              .3,
              "x.....x...x.....",
              BACKBEAT,
              "x.x.x.xxx.x.x.x.");
      case INDIE_ROCK ->
          new Style(
              118,
              136,
              MIXOLYDIAN,
              BRIGHT,
              3,
              Voice.STRINGS,
              EIGHTHS,
              Voice.BASS,
              EIGHTHS,
              Voice.PLUCK,
              0,
              "x.....x.x.......",
              BACKBEAT,
              EIGHTHS);
      case HOUSE ->
          new Style(
              120,
              126,
              DORIAN,
              DARK,
              4,
              Voice.ORGAN,
              "..x..x....x..x..",
              Voice.BASS,
              OFFBEATS,
              Voice.BELL,
              .1,
              FOUR,
              BACKBEAT,
              OFFBEATS);
      case TECHNO ->
          new Style(
              128,
              136,
              PHRYGIAN,
              STILL,
              2,
              Voice.PLUCK,
              "x..x..x..x..x...",
              Voice.BASS,
              "..xx..xx..xx..xx",
              Voice.BELL,
              0,
              FOUR,
              NONE,
              OFFBEATS);
      case METAL ->
          new Style(
              138,
              152,
              PHRYGIAN,
              DARK,
              2,
              Voice.LEAD,
              "x.xxx.xxx.xxx.xx",
              Voice.BASS,
              "x.xxx.xxx.xxx.xx",
              Voice.STRINGS,
              0,
              "x.xxx.xxx.xxx.xx",
              BACKBEAT,
              EIGHTHS);
      case FOLK ->
          new Style(
              88,
              104,
              MAJOR,
              BRIGHT,
              3,
              Voice.PLUCK,
              "x.x.xx.xx.x.xx.x",
              Voice.BASS,
              "x.......x.......",
              Voice.FLUTE,
              0,
              NONE,
              NONE,
              NONE);
      case JAZZ ->
          new Style(
              112,
              138,
              DORIAN,
              TURNS,
              4,
              Voice.ORGAN,
              "x.....x.........",
              Voice.BASS,
              FOUR,
              Voice.FLUTE,
              .33,
              NONE,
              "............x...",
              "x...x.x.x...x.x.");
      case SOUL ->
          new Style(
              76,
              92,
              MAJOR,
              TURNS,
              4,
              Voice.ORGAN,
              "x.......x.......",
              Voice.BASS,
              "x..x....x..x..x.",
              Voice.LEAD,
              .2,
              "x..x....x.......",
              BACKBEAT,
              EIGHTHS);
      case CLASSICAL ->
          new Style(
              66,
              92,
              MAJOR,
              TURNS,
              3,
              Voice.STRINGS,
              ONCE,
              Voice.STRINGS,
              "x.......x.......",
              Voice.FLUTE,
              0,
              NONE,
              NONE,
              NONE);
      case AFROBEAT ->
          new Style(
              104,
              118,
              DORIAN,
              STILL,
              3,
              Voice.PLUCK,
              "x..x..x.x.x..x..",
              Voice.BASS,
              "x..x..x...x.x...",
              Voice.LEAD,
              .1,
              "x..x..x...x.....",
              "......x.....x..x",
              "xxx.xxx.xxx.xxx.");
      case REGGAE ->
          new Style(
              70,
              80,
              MINOR,
              STILL,
              3,
              Voice.ORGAN,
              BACKBEAT,
              Voice.BASS,
              "x..x..x.....x.x.",
              Voice.BELL,
              .2,
              "........x.......",
              "........x.......",
              OFFBEATS);
      case AMBIENT ->
          new Style(
              54,
              66,
              MAJOR,
              STILL,
              4,
              Voice.PAD,
              ONCE,
              Voice.PAD,
              ONCE,
              Voice.BELL,
              0,
              NONE,
              NONE,
              NONE);
      case COUNTRY ->
          new Style(
              102,
              124,
              MAJOR,
              BRIGHT,
              3,
              Voice.PLUCK,
              "..x...x...x...x.",
              Voice.BASS,
              "x.......x.......",
              Voice.STRINGS,
              .1,
              "x.......x.......",
              BACKBEAT,
              EIGHTHS);
    };
  }
}
