package io.downbeat.local.run.sound;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file's tags say of its track; what they leave out is taken from its path, as in {@code
 * Artist/Album/03 Title.flac}.
 *
 * @param artist blank if nobody is named
 * @param album blank if there is none
 * @param date as RFC 3339 writes it, or its year, or year and month; blank if unknown
 * @param number from 1; 0 if unknown
 * @param disc from 1; 0 if unknown
 * @param fromPath whether title, artist or album are taken from the path
 */
record Tags(
    String title,
    String artist,
    String albumArtist,
    String album,
    String date,
    int number,
    int disc,
    List<String> genres,
    String isrc,
    boolean fromPath) {

  private static final Pattern NUMBERED =
      Pattern.compile("(?:(\\d{1,2})-)?(\\d{1,3})(?:\\s*[-._]\\s*|\\s+)(.+)");
  private static final Pattern NUMBER = Pattern.compile("\\s*(\\d{1,4})\\s*(?:/.*)?");
  private static final Pattern DATE = Pattern.compile("(\\d{4}(?:-\\d{2}(?:-\\d{2})?)?).*");
  private static final Pattern ISRC = Pattern.compile("[A-Z]{2}[A-Z0-9]{3}\\d{7}");

  /**
   * @param path within the folder that is imported
   */
  static Tags of(Probe probe, Path path) {
    String file = path.getFileName().toString();
    int dot = file.lastIndexOf('.');
    String name = (dot > 0 ? file.substring(0, dot) : file).strip();
    Matcher numbered = NUMBERED.matcher(name);
    boolean hasNumber = numbered.matches();

    Optional<String> title = probe.tag("title");
    Optional<String> artist = probe.tag("artist").or(() -> probe.tag("album_artist"));
    Optional<String> album = probe.tag("album");
    return new Tags(
        title.orElse(hasNumber ? numbered.group(3) : name),
        artist.orElse(folder(path, 2)),
        probe.tag("album_artist").orElse(artist.orElse(folder(path, 2))),
        album.orElse(folder(path, 1)),
        first(DATE, probe.tag("date").or(() -> probe.tag("year"))),
        probe.tag("track").map(Tags::number).orElse(hasNumber ? number(numbered.group(2)) : 0),
        probe.tag("disc").map(Tags::number).orElse(hasNumber ? number(numbered.group(1)) : 0),
        probe.tag("genre").map(Tags::genres).orElse(List.of()),
        first(ISRC, probe.tag("isrc").or(() -> probe.tag("tsrc")).map(Tags::plain)),
        title.isEmpty() || artist.isEmpty() || album.isEmpty());
  }

  /** The name of a folder that it is in; blank if there are not so many. */
  private static String folder(Path path, int above) {
    int place = path.getNameCount() - 1 - above;
    return place < 0 ? "" : path.getName(place).toString().strip();
  }

  private static int number(@Nullable String text) {
    Matcher number = NUMBER.matcher(text == null ? "" : text);
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }

  private static List<String> genres(String text) {
    return Arrays.stream(text.split("[;,/\u0000]", 20))
        .map(genre -> genre.strip().toLowerCase(Locale.ROOT))
        .filter(genre -> !genre.isEmpty())
        .distinct()
        .toList();
  }

  private static String plain(String isrc) {
    return isrc.replace("-", "").toUpperCase(Locale.ROOT);
  }

  private static String first(Pattern pattern, Optional<String> text) {
    Matcher matcher = pattern.matcher(text.orElse(""));
    return matcher.matches() ? matcher.group(matcher.groupCount() == 0 ? 0 : 1) : "";
  }
}
