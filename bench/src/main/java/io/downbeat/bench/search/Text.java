package io.downbeat.bench.search;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names as people compare and type them. */
final class Text {
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern ASIDE = Pattern.compile("[(\\[{].*?[)\\]}]|\\s-\\s.*");
  private static final Pattern APOSTROPHES = Pattern.compile("['’]");
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private Text() {}

  static String withoutAccents(String text) {
    return Normalizer.normalize(
        MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll(""),
        Normalizer.Form.NFC);
  }

  /** In lower case, without accents or signs, one blank between words. */
  static String folded(String text) {
    return String.join(" ", words(withoutAccents(text)));
  }

  /** In lower case; an apostrophe is within a word. */
  static List<String> words(String text) {
    String letters = APOSTROPHES.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return NO_WORD.splitAsStream(letters).filter(word -> !word.isEmpty()).toList();
  }

  /** As it is typed: without what stands in brackets or after a dash, in lower case. */
  static String typed(String name) {
    String own = ASIDE.matcher(name).replaceAll(" ");
    String typed = joined(own);
    return typed.isEmpty() ? joined(name) : typed;
  }

  private static String joined(String name) {
    return words(name).stream().collect(Collectors.joining(" "));
  }
}
