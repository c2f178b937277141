package io.downbeat.serving.search;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.Transliterator;

/**
 * Names in Latin letters, as they may be typed by who does not have their script.
 *
 * <p>Words and ideographs are turned one by one, as most of them come again and again. Thread-safe.
 */
final class Latin {
  private static final int FIRST_FOREIGN = 0x370;
  private static final int MOST_WORDS = 50_000;

  private static final Transliterator CYRILLIC = toAscii("Russian-Latin/BGN");
  private static final Transliterator GREEK = toAscii("Greek-Latin/UNGEGN");
  private static final Transliterator ANY = toAscii("Any-Latin");

  private static final LoadingCache<String, String> WORDS =
      Caffeine.newBuilder().maximumSize(MOST_WORDS).build(Latin::ofWord);

  private Latin() {}

  /** Whether a text has letters that are not Latin. */
  static boolean isForeign(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_FOREIGN) {
        return text.codePoints().anyMatch(Latin::isForeign);
      }
    }
    return false;
  }

  private static boolean isForeign(int c) {
    return c >= FIRST_FOREIGN
        && Character.isLetter(c)
        && Character.UnicodeScript.of(c) != Character.UnicodeScript.LATIN;
  }

  /** A text with all that is foreign in Latin letters. */
  static String of(String text) {
    StringBuilder latin = new StringBuilder(text.length() + 16);
    int at = 0;
    while (at < text.length()) {
      int end = endOfWord(text, at);
      String word = text.substring(at, end);
      latin.append(isForeign(word) ? WORDS.get(word) : word);
      at = end;
    }
    return latin.toString();
  }

  /** An ideograph, a blank, or what stands between those. */
  private static int endOfWord(String text, int at) {
    int c = text.codePointAt(at);
    int end = at + Character.charCount(c);
    if (standsAlone(c)) {
      return end;
    }
    while (end < text.length()) {
      c = text.codePointAt(end);
      if (standsAlone(c)) {
        return end;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  private static boolean standsAlone(int c) {
    return Character.isWhitespace(c) || Character.isIdeographic(c);
  }

  private static String ofWord(String word) {
    Transliterator transliterator =
        switch (UScript.getScript(
            word.codePoints().filter(Latin::isForeign).findFirst().orElse(0))) {
          case UScript.CYRILLIC -> CYRILLIC;
          case UScript.GREEK -> GREEK;
          default -> ANY;
        };
    String latin = transliterator.transliterate(word);
    return Character.isIdeographic(word.codePointAt(0)) ? ' ' + latin + ' ' : latin;
  }

  private static Transliterator toAscii(String first) {
    return Transliterator.getInstance(first + "; Latin-ASCII; [^\\u0020-\\u007E] Remove");
  }
}
