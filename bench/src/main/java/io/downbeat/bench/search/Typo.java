package io.downbeat.bench.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One slip of the finger: a letter too many, too few, another one, or two that change places. */
final class Typo {
  /** Of a shorter word little would be left. */
  private static final int SHORTEST = 4;

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  private Typo() {}

  /**
   * @return the text with exactly one edit, in a word of at least four letters; empty where it has
   *     none
   */
  static Optional<String> in(String text, SplittableRandom random) {
    List<int[]> words = longWords(text);
    if (words.isEmpty()) {
      return Optional.empty();
    }
    int[] word = words.get(random.nextInt(words.size()));
    int at = word[0] + random.nextInt(word[1] - word[0]);
    return Optional.of(
        switch (random.nextInt(4)) {
          case 0 -> text.substring(0, at) + otherThan(' ', random) + text.substring(at);
          case 1 -> text.substring(0, at) + text.substring(at + 1);
          case 2 -> swapped(text, word, at, random);
          default -> substituted(text, at, random);
        });
  }

  private static String substituted(String text, int at, SplittableRandom random) {
    return text.substring(0, at) + otherThan(text.charAt(at), random) + text.substring(at + 1);
  }

  /** Two equal letters that change places are no error: then one of them is another. */
  private static String swapped(String text, int[] word, int at, SplittableRandom random) {
    int first = Math.min(at, word[1] - 2);
    if (text.charAt(first) == text.charAt(first + 1)) {
      return substituted(text, at, random);
    }
    return text.substring(0, first)
        + text.charAt(first + 1)
        + text.charAt(first)
        + text.substring(first + 2);
  }

  private static char otherThan(char letter, SplittableRandom random) {
    char other = LETTERS.charAt(random.nextInt(LETTERS.length()));
    return other == letter
        ? LETTERS.charAt((LETTERS.indexOf(other) + 1) % LETTERS.length())
        : other;
  }

  private static List<int[]> longWords(String text) {
    List<int[]> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || !Character.isLetter(text.charAt(i))) {
        if (i - start >= SHORTEST) {
          words.add(new int[] {start, i});
        }
        start = i + 1;
      }
    }
    return words;
  }
}
