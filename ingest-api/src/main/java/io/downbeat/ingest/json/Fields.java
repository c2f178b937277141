package io.downbeat.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, one after another, each read as what it must be:
 *
 * <pre>{@code
 * for (String field = fields.next(); field != null; field = fields.next()) {
 *   switch (field) {
 *     case "track_id" -> trackId = fields.uuid();
 *     default -> throw fields.unknown();
 *   }
 * }
 * }</pre>
 *
 * <p>A field that is null counts as left out: every reading method answers null for it. A field
 * that stands there twice is refused. Not thread-safe.
 */
public final class Fields {

  /** Reads an object to its end. */
  @FunctionalInterface
  public interface ObjectReader<T> {
    T read(Fields fields) throws IOException, RefusedException;
  }

  private static final int LONGEST_WHOLE_NUMBER = 20;
  private static final int LONGEST_WORD = 64;

  private final JsonParser parser;
  private final String path;
  private final Set<String> seen = new HashSet<>(32);
  private String field = "";

  private Fields(JsonParser parser, String path) {
    this.parser = parser;
    this.path = path;
  }

  /**
   * @param parser at the value that must be an object
   */
  public static Fields of(JsonParser parser) throws IOException, RefusedException {
    return of(parser, "");
  }

  private static Fields of(JsonParser parser, String field) throws IOException, RefusedException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new RefusedException(Refusal.at(parser, field, "an object"));
    }
    return new Fields(parser, field.isEmpty() ? "" : field + ".");
  }

  /** The next field's name; null after the last. */
  public @Nullable String next() throws IOException, RefusedException {
    String name = parser.nextFieldName();
    if (name == null) {
      return null;
    }
    field = name;
    parser.nextToken();
    if (!seen.add(name)) {
      throw refused("given once only");
    }
    return name;
  }

  /** Names so far, also of those that are null. */
  public Set<String> seen() {
    return seen;
  }

  public RefusedException unknown() throws IOException {
    return refused("not a known field");
  }

  public <T> T required(String name, @Nullable T value) throws RefusedException {
    if (value == null) {
      throw new RefusedException(new Refusal(path + name, null, "required"));
    }
    return value;
  }

  public @Nullable UUID uuid() throws IOException, RefusedException {
    return isNull() ? null : aUuid();
  }

  /** At most {@code most} of them, as they stand: one may stand there twice. */
  public List<UUID> uuids(int most) throws IOException, RefusedException {
    return list(most, false, this::aUuid);
  }

  /**
   * As it stands.
   *
   * @param most characters, as Unicode counts them
   */
  public @Nullable String text(int most) throws IOException, RefusedException {
    return isNull() ? null : aText(0, most, false, false);
  }

  /** As it stands; where it breaks the rule, it is not repeated in what is said of it. */
  public @Nullable String secret(int least, int most) throws IOException, RefusedException {
    if (isNull()) {
      return null;
    }
    String text = isText() && parser.getTextLength() <= 2 * most ? parser.getText() : "";
    int length = text.codePointCount(0, text.length());
    if (length < least || length > most) {
      throw new RefusedException(
          new Refusal(path + field, null, "text of " + least + " to " + most + " characters"));
    }
    return text;
  }

  /** Without the blanks around it; something must be left. */
  public @Nullable String name(int most) throws IOException, RefusedException {
    return isNull() ? null : aText(1, most, true, false);
  }

  /** The same of text that has lines, and tabs in them. */
  public @Nullable String prose(int most) throws IOException, RefusedException {
    return isNull() ? null : aText(1, most, true, true);
  }

  /** At most {@code most} of them, each once and at most {@code mostEach} characters. */
  public List<String> names(int most, int mostEach) throws IOException, RefusedException {
    return list(most, true, () -> aText(1, mostEach, true, false));
  }

  /** At most {@code most} texts of this form, each once; null if there is no list. */
  public @Nullable List<String> texts(int most, Pattern form, String rule)
      throws IOException, RefusedException {
    return isNull() ? null : list(most, true, () -> aText(form, rule));
  }

  /** Text of this form. */
  public @Nullable String text(Pattern form, String rule) throws IOException, RefusedException {
    return isNull() ? null : aText(form, rule);
  }

  public @Nullable Long wholeNumber(long least, long most) throws IOException, RefusedException {
    if (isNull()) {
      return null;
    }
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getTextLength() <= LONGEST_WHOLE_NUMBER) {
      try {
        long number = Long.parseLong(parser.getText());
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Longer than a long: refused as any other number out of range.
      }
    }
    throw refused(
        most == Long.MAX_VALUE
            ? "a whole number, at least " + least
            : "a whole number from " + least + " to " + most);
  }

  public @Nullable Boolean truth() throws IOException, RefusedException {
    if (isNull()) {
      return null;
    }
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw refused("true or false");
    };
  }

  /** To the millisecond. */
  public @Nullable Instant time(Instant earliest, Instant latest)
      throws IOException, RefusedException {
    if (isNull()) {
      return null;
    }
    Instant time;
    try {
      time = Rfc3339.parse(aWord());
    } catch (DateTimeException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    if (time.isBefore(earliest) || time.isAfter(latest)) {
      throw refused("a time from " + earliest + " to " + latest);
    }
    return time;
  }

  /** One of these words. */
  public <E> @Nullable E oneOf(Map<String, E> words, String rule)
      throws IOException, RefusedException {
    return isNull() ? null : aWordOf(words, rule);
  }

  /** At most {@code most} of these words, as they stand: one may stand there twice. */
  public <E> List<E> eachOneOf(int most, Map<String, E> words, String rule)
      throws IOException, RefusedException {
    return list(most, false, () -> aWordOf(words, rule));
  }

  /** The object in this field. */
  public @Nullable Fields object() throws IOException, RefusedException {
    return isNull() ? null : of(parser, path + field);
  }

  /** At most {@code most} objects, each with all its fields read by {@code element}. */
  public <T> List<T> objects(int most, ObjectReader<T> element)
      throws IOException, RefusedException {
    return list(most, false, () -> element.read(of(parser, path + field)));
  }

  /** For a rule that the readings here don't know; names what stands at the field just read. */
  public RefusedException refused(String rule) throws IOException {
    return new RefusedException(Refusal.at(parser, path + field, rule));
  }

  private UUID aUuid() throws IOException, RefusedException {
    if (isText() && parser.getTextLength() == HexUuid.LENGTH) {
      UUID id = HexUuid.parse(parser.getTextCharacters(), parser.getTextOffset());
      if (id != null) {
        return id;
      }
    }
    throw refused("a UUID");
  }

  private String aText(Pattern form, String rule) throws IOException, RefusedException {
    String text = aWord();
    if (!form.matcher(text).matches()) {
      throw refused(rule);
    }
    return text;
  }

  private <E> E aWordOf(Map<String, E> words, String rule) throws IOException, RefusedException {
    E meant =
        isText() && parser.getTextLength() <= LONGEST_WORD ? words.get(parser.getText()) : null;
    if (meant == null) {
      throw refused(rule);
    }
    return meant;
  }

  /** Empty if it is no text, or a long one. */
  private String aWord() throws IOException {
    return isText() && parser.getTextLength() <= LONGEST_WORD ? parser.getText() : "";
  }

  private String aText(int least, int most, boolean strip, boolean hasLines)
      throws IOException, RefusedException {
    // Blanks around a name may be dropped, but not without end.
    boolean fits = isText() && parser.getTextLength() <= 2 * most + (strip ? 1_000 : 0);
    String text = fits ? parser.getText() : "";
    String read = strip ? text.strip() : text;
    int length = read.codePointCount(0, read.length());
    if (!fits || length < least || length > most) {
      throw refused(
          least == 0
              ? "text of at most " + most + " characters"
              : "text of " + least + " to " + most + " characters");
    }
    for (int i = 0; i < read.length(); i += Character.charCount(read.codePointAt(i))) {
      int c = read.codePointAt(i);
      if (isNoText(c) && !(hasLines && (c == '\n' || c == '\r' || c == '\t'))) {
        throw refused("text without control characters and halves of surrogate pairs");
      }
    }
    return read;
  }

  private static boolean isNoText(int codePoint) {
    return Character.isISOControl(codePoint)
        || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  private boolean isText() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  private interface Element<T> {
    T read() throws IOException, RefusedException;
  }

  private <T> List<T> list(int most, boolean eachOnce, Element<T> element)
      throws IOException, RefusedException {
    if (isNull()) {
      return List.of();
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw refused("a list");
    }
    List<T> all = new ArrayList<>();
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (i == most) {
        throw refused("a list of at most " + most);
      }
      T one = element.read();
      if (!eachOnce || !all.contains(one)) {
        all.add(one);
      }
    }
    return all;
  }
}
