package io.downbeat.bench.search.corpus;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes words that look like those it was shown: a Markov chain over letters, in which three
 * letters decide on the next. Thread-safe.
 */
final class Letters {
  private static final int ORDER = 3;
  private static final char EDGE = '\0';
  private static final int SHORTEST = 3;
  private static final int LONGEST = 14;
  private static final int ATTEMPTS = 20;

  private final Map<String, String> followers;

  /**
   * @param words in lower case; those that are not letters alone are passed over
   */
  Letters(Collection<String> words) {
    Map<String, StringBuilder> seen = new HashMap<>();
    for (String word : words) {
      if (word.length() < SHORTEST || !word.chars().allMatch(Letters::isLatin)) {
        continue;
      }
      String edged = String.valueOf(EDGE).repeat(ORDER) + word + EDGE;
      for (int i = ORDER; i < edged.length(); i++) {
        seen.computeIfAbsent(edged.substring(i - ORDER, i), absent -> new StringBuilder())
            .append(edged.charAt(i));
      }
    }
    if (seen.isEmpty()) {
      throw new IllegalArgumentException("Cannot learn letters: there is no word among " + words);
    }
    followers = new HashMap<>();
    seen.forEach((before, after) -> followers.put(before, after.toString()));
  }

  String word(SplittableRandom random) {
    StringBuilder word = new StringBuilder();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      word.setLength(0);
      String before = String.valueOf(EDGE).repeat(ORDER);
      while (word.length() < LONGEST) {
        String after = followers.getOrDefault(before, String.valueOf(EDGE));
        char next = after.charAt(random.nextInt(after.length()));
        if (next == EDGE) {
          break;
        }
        word.append(next);
        before = before.substring(1) + next;
      }
      if (word.length() >= SHORTEST) {
        break;
      }
    }
    return word.toString();
  }

  private static boolean isLatin(int c) {
    return Character.isLetter(c) && Character.UnicodeScript.of(c) == Character.UnicodeScript.LATIN;
  }
}
