package io.downbeat.serving.search;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.util.BytesRef;

/**
 * What the index knows of a thing's names: the terms that find it, and the text that ranks it.
 *
 * <p>The text is UTF-8: names, each a letter and its words. The letter is {@link #OWN} for the
 * thing's own name and {@link #CREDITED} for an artist's on a track or album; a name in another
 * script follows once more in Latin letters. Not thread-safe.
 */
final class SearchText {
  static final byte OWN = 'N';
  static final byte CREDITED = 'C';

  /** In front of a name, except the first. */
  static final byte NAME = 0x1F;

  /** In front of a word: the first of what is only an addition to the name. */
  static final byte ADDITION = 0x1E;

  /** In front of a word that only signs part from the one before. */
  static final byte JOINED = 0x1D;

  /** In front of any other word, except the first. */
  static final byte WORD = ' ';

  /** Most letters of a beginning of a word that is a term of its own. */
  static final int LONGEST_PREFIX = 5;

  /** Of the text, after which no further name is looked at. */
  private static final int MOST_BYTES = 4_000;

  /**
   * What may follow a blank and begins "(Live)", "[Remix]", "- 2011 Remaster", "feat. Somebody".
   */
  private static final List<String> ADDITIONS =
      List.of("(", "[", "- ", "feat ", "feat. ", "ft ", "ft. ");

  /** Signs that stand for a letter within a word: Ke$ha, P!nk. */
  private static final Pattern STYLED = Pattern.compile("\\S*\\p{L}[$!@]\\p{L}\\S*");

  private final ByteArrayOutputStream text = new ByteArrayOutputStream(96);
  private final Set<BytesRef> words = new LinkedHashSet<>();
  private final Set<BytesRef> prefixes = new LinkedHashSet<>();
  private final Set<BytesRef> wholes = new LinkedHashSet<>();

  void addOwn(String name) {
    add(OWN, name);
  }

  void addCredited(String name) {
    add(CREDITED, name);
  }

  /** The names, as they are ranked. */
  BytesRef text() {
    return new BytesRef(text.toByteArray());
  }

  /** Every word, and what is joined by signs also without them. */
  Set<BytesRef> words() {
    return words;
  }

  /** The first one to {@value #LONGEST_PREFIX} letters of every word. */
  Set<BytesRef> prefixes() {
    return prefixes;
  }

  /** The thing's own name, with and without what is added to it. */
  Set<BytesRef> wholes() {
    return wholes;
  }

  private void add(byte kind, String name) {
    if (text.size() > MOST_BYTES) {
      return;
    }
    addWords(kind, name);
    if (Latin.isForeign(name)) {
      addWords(kind, Latin.of(name));
    }
  }

  private void addWords(byte kind, String name) {
    List<Words.Word> found = Words.of(name);
    if (found.isEmpty()) {
      return;
    }
    int core = coreEnd(name);
    if (text.size() > 0) {
      text.write(NAME);
    }
    text.write(kind);
    StringBuilder whole = new StringBuilder();
    StringBuilder together = new StringBuilder();
    boolean inCore = true;
    String chunk = "";
    for (int i = 0; i < found.size(); i++) {
      Words.Word word = found.get(i);
      if (inCore && i > 0 && word.start() >= core) {
        inCore = false;
        text.write(ADDITION);
        addWholes(kind, whole, together);
      } else if (i > 0) {
        text.write(word.joined() ? JOINED : WORD);
      }
      byte[] bytes = word.text().getBytes(StandardCharsets.UTF_8);
      text.writeBytes(bytes);
      addTerms(bytes);
      chunk = word.joined() ? addTogether(chunk + word.text()) : word.text();
      whole.append(i > 0 ? " " : "").append(word.text());
      together.append(i > 0 && !word.joined() ? " " : "").append(word.text());
    }
    addWholes(kind, whole, together);
    addStyled(name);
  }

  private String addTogether(String joined) {
    if (joined.length() <= Words.LONGEST) {
      addTerms(joined.getBytes(StandardCharsets.UTF_8));
    }
    return joined;
  }

  private void addStyled(String name) {
    if (name.indexOf('$') < 0 && name.indexOf('!') < 0 && name.indexOf('@') < 0) {
      return;
    }
    Matcher styled = STYLED.matcher(name);
    while (styled.find()) {
      String plain = styled.group().replace('$', 's').replace('!', 'i').replace('@', 'a');
      for (Words.Word word : Words.of(plain)) {
        addTerms(word.text().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void addWholes(byte kind, StringBuilder apart, StringBuilder together) {
    if (kind == OWN) {
      wholes.add(new BytesRef(apart));
      wholes.add(new BytesRef(together));
    }
  }

  private void addTerms(byte[] word) {
    if (!words.add(new BytesRef(word))) {
      return;
    }
    int letters = 0;
    for (int end = 1; end <= word.length && letters < LONGEST_PREFIX; end++) {
      if (end == word.length || (word[end] & 0xC0) != 0x80) {
        letters++;
        prefixes.add(new BytesRef(word, 0, end));
      }
    }
  }

  /** Where the name ends and what is added to it begins; both in UTF-16 code units. */
  static int coreEnd(String name) {
    for (int at = name.indexOf(' '); at >= 0; at = name.indexOf(' ', at + 1)) {
      if (addsAt(name, at + 1)) {
        return name.substring(0, at).isBlank() ? name.length() : at;
      }
    }
    return name.length();
  }

  private static boolean addsAt(String name, int at) {
    for (String addition : ADDITIONS) {
      if (name.regionMatches(true, at, addition, 0, addition.length())) {
        return true;
      }
    }
    return false;
  }

  /** A query or name as a term of {@link #wholes}. */
  static BytesRef whole(List<Words.Word> words) {
    StringBuilder whole = new StringBuilder();
    for (Words.Word word : words) {
      whole.append(whole.length() > 0 ? " " : "").append(word.text());
    }
    return new BytesRef(whole);
  }
}
