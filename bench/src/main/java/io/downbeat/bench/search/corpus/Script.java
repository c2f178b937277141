package io.downbeat.bench.search.corpus;

import java.util.Map;
import java.util.SplittableRandom;

/** What an artist's names are written in. */
enum Script {
  LATIN,
  CYRILLIC,
  HAN;

  private static final double OTHERS = .015;
  private static final Map<String, String> CYRILLIC_OF =
      Map.ofEntries(
          Map.entry("a", "а"),
          Map.entry("b", "б"),
          Map.entry("c", "ц"),
          Map.entry("d", "д"),
          Map.entry("e", "е"),
          Map.entry("f", "ф"),
          Map.entry("g", "г"),
          Map.entry("h", "х"),
          Map.entry("i", "и"),
          Map.entry("j", "ж"),
          Map.entry("k", "к"),
          Map.entry("l", "л"),
          Map.entry("m", "м"),
          Map.entry("n", "н"),
          Map.entry("o", "о"),
          Map.entry("p", "п"),
          Map.entry("q", "щ"),
          Map.entry("r", "р"),
          Map.entry("s", "с"),
          Map.entry("t", "т"),
          Map.entry("u", "у"),
          Map.entry("v", "в"),
          Map.entry("w", "ш"),
          Map.entry("x", "ч"),
          Map.entry("y", "ы"),
          Map.entry("z", "з"));

  private static final int FIRST_HAN = 0x4E00;

  /** As many characters as are in daily use. */
  private static final int HAN_IN_USE = 3_500;

  private static final int HAN_STEP = 5;

  /** Three artists of a hundred write in another script than Latin. */
  static Script of(SplittableRandom random) {
    double drawn = random.nextDouble();
    return drawn < OTHERS ? CYRILLIC : drawn < 2 * OTHERS ? HAN : LATIN;
  }

  /** The same word always gives the same one. */
  String write(String latin) {
    return switch (this) {
      case LATIN -> latin;
      case CYRILLIC -> cyrillic(latin);
      case HAN -> han(latin);
    };
  }

  /** Between two words. */
  String gap() {
    return this == HAN ? "" : " ";
  }

  private static String cyrillic(String latin) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < latin.length(); i++) {
      String letter = latin.substring(i, i + 1);
      word.append(CYRILLIC_OF.getOrDefault(letter, letter));
    }
    return word.toString();
  }

  private static String han(String latin) {
    SplittableRandom random = Seeds.of(latin.hashCode(), HAN.ordinal(), latin.length());
    StringBuilder word = new StringBuilder();
    int characters = 1 + (latin.length() > 2 ? random.nextInt(3) : 0);
    for (int i = 0; i < characters; i++) {
      // The n-th most frequent with a weight of about 1/n.
      int rank = (int) Math.pow(HAN_IN_USE, random.nextDouble());
      word.append((char) (FIRST_HAN + rank * HAN_STEP));
    }
    return word.toString();
  }
}
