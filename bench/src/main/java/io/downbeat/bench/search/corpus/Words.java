package io.downbeat.bench.search.corpus;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A vocabulary without end. Words that were seen are drawn as often as they were seen; every so
 * often, as often as a word was new at the end of what was seen (Good and Turing: the share of
 * words seen once), one is drawn that was not. These follow Zipf's law beyond the last rank seen,
 * with the exponent that makes distinct words grow with the β-th power of all words (Heaps' law), β
 * being the share of words seen once among distinct ones (Karlin 1967). A word that was not seen is
 * made of letters, from its rank: nothing is kept. Thread-safe.
 */
final class Words {
  private static final long KIND = 'w';

  /** Ranks end somewhere: far beyond what is drawn of the largest catalogue. */
  private static final double LAST_RANK = 1L << 48;

  private final long seed;
  private final String[] seen;
  private final double[] upTo;
  private final double newShare;
  private final double growth;
  private final Letters letters;

  /**
   * @param words every word of the texts, as often as it stands there
   * @param letters of the words that are made
   */
  Words(Collection<String> words, Letters letters, long seed) {
    this.seed = seed;
    this.letters = letters;
    Map<String, Integer> counts = counted(words);
    List<Map.Entry<String, Integer>> sorted =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
    seen = sorted.stream().map(Map.Entry::getKey).toArray(String[]::new);
    upTo = new double[seen.length];
    double sum = 0;
    for (int i = 0; i < seen.length; i++) {
      sum += sorted.get(i).getValue();
      upTo[i] = sum;
    }
    double once = counts.values().stream().filter(count -> count == 1).count();
    newShare = once / sum;
    growth = Math.min(.85, Math.max(.4, once / seen.length));
  }

  static Map<String, Integer> counted(Collection<String> words) {
    Map<String, Integer> counts = new HashMap<>();
    words.forEach(word -> counts.merge(word.toLowerCase(Locale.ROOT), 1, Integer::sum));
    return counts;
  }

  /** The exponent of Heaps' law: how distinct words grow with all words. */
  double growth() {
    return growth;
  }

  /** In lower case. */
  String draw(SplittableRandom random) {
    if (random.nextDouble() >= newShare) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
      return seen[Math.min(found < 0 ? -found - 1 : found + 1, seen.length - 1)];
    }
    double beyond = Math.pow(1 - random.nextDouble(), -1 / (1 / growth - 1));
    long rank = (long) Math.min(LAST_RANK, seen.length * beyond);
    return letters.word(Seeds.of(seed, KIND, rank));
  }
}
