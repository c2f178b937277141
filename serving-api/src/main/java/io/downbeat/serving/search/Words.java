package io.downbeat.serving.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a name or a query, in the form in which they are compared: case, accents and width
 * do not matter.
 *
 * <p>A word is a run of letters, digits and their marks. Ideographs and kana, which are written
 * without spaces, are a word each. Signs stand between words, except where a stretch between blanks
 * has nothing else: {@code !!!} is a word, and {@code &} is "and". Pure functions, thread-safe.
 */
final class Words {

  /**
   * @param text as it is compared
   * @param start where it begins in the original, in UTF-16 code units
   * @param end behind it
   * @param joined whether nothing but signs stands between it and the word before: {@code AC/DC}
   */
  record Word(String text, int start, int end, boolean joined) {}

  /** Further words of a text are not looked at. */
  static final int MOST = 64;

  /** Of a word in UTF-16 code units; what is longer is cut. */
  static final int LONGEST = 40;

  private Words() {}

  static List<Word> of(String text) {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < text.length() && words.size() < MOST) {
      int end = at;
      while (end < text.length() && !isBlank(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        addWords(text, at, end, words);
      }
      at = end + 1;
    }
    return words;
  }

  /** Of one stretch between blanks. */
  private static void addWords(String text, int from, int to, List<Word> words) {
    int before = words.size();
    int start = -1;
    int at = from;
    while (at < to) {
      int c = text.codePointAt(at);
      int next = at + Character.charCount(c);
      boolean alone = standsAlone(c);
      if (start >= 0 && (alone || !isOfWord(c))) {
        add(text, start, at, words.size() > before, words);
        start = -1;
      }
      if (alone) {
        add(text, at, next, words.size() > before, words);
      } else if (start < 0 && Character.isLetterOrDigit(c)) {
        start = at;
      }
      at = next;
    }
    if (start >= 0) {
      add(text, start, to, words.size() > before, words);
    }
    if (words.size() == before && isName(text, from, to)) {
      words.add(new Word(signs(text, from, to), from, to, false));
    }
  }

  private static void add(String text, int start, int end, boolean joined, List<Word> words) {
    String folded = fold(text.substring(start, end));
    if (!folded.isEmpty() && words.size() < MOST) {
      words.add(new Word(folded, start, end, joined));
    }
  }

  /** A single sign between words separates; it is a name where there is nothing else. */
  private static boolean isName(String text, int from, int to) {
    return to - from > 1 || text.charAt(from) == '&' || text.strip().length() == to - from;
  }

  /** A lone surrogate among them is a question mark. */
  private static String signs(String text, int from, int to) {
    String signs = text.substring(from, to);
    return signs.equals("&") ? "and" : new String(cut(fullWidth(signs)).getBytes(UTF_8), UTF_8);
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
  }

  private static boolean isOfWord(int c) {
    if (c < 0x80) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean standsAlone(int c) {
    if (c < 0x2E80) {
      return false;
    }
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    return Character.isLetter(c)
        && (script == Character.UnicodeScript.HAN
            || script == Character.UnicodeScript.HIRAGANA
            || script == Character.UnicodeScript.KATAKANA);
  }

  /** A word as it is compared. */
  static String fold(String word) {
    boolean ascii = true;
    boolean folded = true;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      ascii &= c < 0x80;
      folded &= c < 0x80 && !(c >= 'A' && c <= 'Z');
    }
    if (folded) {
      return cut(word);
    }
    return cut(ascii ? word.toLowerCase(Locale.ROOT) : foldAny(word));
  }

  private static String foldAny(String word) {
    String apart =
        Normalizer.normalize(fullWidth(word).toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    StringBuilder plain = new StringBuilder(apart.length());
    for (int i = 0; i < apart.length(); i++) {
      char c = apart.charAt(i);
      if (c < 0x300 || c > 0x36F) {
        switch (c) {
          case 'ß' -> plain.append("ss");
          case 'æ' -> plain.append("ae");
          case 'œ' -> plain.append("oe");
          case 'ø' -> plain.append('o');
          case 'ł' -> plain.append('l');
          case 'đ', 'ð' -> plain.append('d');
          case 'þ' -> plain.append("th");
          case 'ı' -> plain.append('i');
          case 'ς' -> plain.append('σ');
          default -> plain.append(c);
        }
      }
    }
    return Normalizer.normalize(plain, Normalizer.Form.NFC);
  }

  /** Width and ligatures do not matter. */
  private static String fullWidth(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC);
  }

  private static String cut(String word) {
    if (word.length() <= LONGEST) {
      return word;
    }
    return word.substring(
        0, Character.isHighSurrogate(word.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
  }
}
