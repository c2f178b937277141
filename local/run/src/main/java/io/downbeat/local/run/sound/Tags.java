package io.downbeat.local.run.sound;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
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
public record Tags(
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

  /** What the catalogue takes. */
  private static final int LONGEST_NAME = 1_000;

  private static final int LONGEST_GENRE = 100;
  private static final int MOST_GENRES = 30;

  private static final String MANY_ARTISTS = "Various Artists";
  private static final Pattern NUMBERED =
      Pattern.compile("(?:(\\d{1,2})-)?(\\d{1,3})(?:\\s*[-._]\\s*|\\s+)(.+)");
  private static final Pattern NUMBER = Pattern.compile("\\s*(\\d{1,4})\\s*(?:/.*)?");
  private static final Pattern DATE = Pattern.compile("(\\d{4}(?:-\\d{2}(?:-\\d{2})?)?).*");
  private static final Pattern ISRC = Pattern.compile("[A-Z]{2}[A-Z0-9]{3}\\d{7}");

  /**
   * @param path within the folder that is imported
   */
  public static Tags of(Probe probe, Path path) {
    String file = path.getFileName().toString();
    int dot = file.lastIndexOf('.');
    String name = (dot > 0 ? file.substring(0, dot) : file).strip();
    Matcher numbered = NUMBERED.matcher(name);
    boolean hasNumber = numbered.matches();

    Optional<String> title = name(probe, "title");
    Optional<String> albumArtist = name(probe, "album_artist");
    Optional<String> artist = name(probe, "artist").or(() -> albumArtist);
    Optional<String> album = name(probe, "album");
    String ofPath = clean(hasNumber ? numbered.group(3) : name, LONGEST_NAME);
    String anyArtist = artist.orElse(folder(path, 2));
    return new Tags(
        title.orElse(ofPath.isEmpty() ? clean(file, LONGEST_NAME) : ofPath),
        anyArtist,
        albumArtist.orElse(
            probe.tag("compilation").filter("1"::equals).isPresent() ? MANY_ARTISTS : anyArtist),
        album.orElse(folder(path, 1)),
        date(first(DATE, probe.tag("date").or(() -> probe.tag("year")))),
        probe.tag("track").map(Tags::number).orElse(hasNumber ? number(numbered.group(2)) : 0),
        probe.tag("disc").map(Tags::number).orElse(hasNumber ? number(numbered.group(1)) : 0),
        probe.tag("genre").map(Tags::genres).orElse(List.of()),
        first(ISRC, probe.tag("isrc").or(() -> probe.tag("tsrc")).map(Tags::plain)),
        title.isEmpty() || artist.isEmpty() || album.isEmpty());
  }

  /** The name of a folder that it is in; blank if there are not so many. */
  private static String folder(Path path, int above) {
    int place = path.getNameCount() - 1 - above;
    return place < 0 ? "" : clean(path.getName(place).toString(), LONGEST_NAME);
  }

  private static Optional<String> name(Probe probe, String tag) {
    return probe.tag(tag).map(text -> clean(text, LONGEST_NAME)).filter(text -> !text.isEmpty());
  }

  /** One line of text that is no longer than this, in UTF-16. */
  private static String clean(String text, int most) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xfffd : c)
        .takeWhile(c -> clean.length() + Character.charCount(c) <= most)
        .forEach(clean::appendCodePoint);
    return clean.toString().strip();
  }

  /** As precise as it exists. */
  private static String date(String text) {
    String date = text;
    while (!date.isEmpty()) {
      try {
        LocalDate.parse(date + "-01-01".substring(date.length() - 4));
        return date;
      } catch (DateTimeException e) {
        date = date.length() > 4 ? date.substring(0, date.length() - 3) : "";
      }
    }
    return "";
  }

  private static int number(@Nullable String text) {
    Matcher number = NUMBER.matcher(text == null ? "" : text);
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }

  private static List<String> genres(String text) {
    return Arrays.stream(text.split("[;,/\u0000]", 2 * MOST_GENRES))
        .map(genre -> clean(genre.toLowerCase(Locale.ROOT), LONGEST_GENRE))
        .filter(genre -> !genre.isEmpty())
        .distinct()
        .limit(MOST_GENRES)
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
