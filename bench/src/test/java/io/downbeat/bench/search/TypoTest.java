package io.downbeat.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TypoTest {

  @Test
  void aTypoIsExactlyOneEditInALongWord() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 20_000; i++) {
      String typed = Typo.in("the moonn aa letters", random).orElseThrow();
      assertThat(distance("the moonn aa letters", typed)).as(typed).isEqualTo(1);
      assertThat(typed).startsWith("the ").contains(" aa ");
    }
  }

  @Test
  void whereAllWordsAreShortThereIsNone() {
    assertThat(Typo.in("she and i", new SplittableRandom(1))).isEmpty();
  }

  /** Of insertions, deletions, substitutions and exchanges of neighbours. */
  private static int distance(String one, String other) {
    int[][] to = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          to[i][j] = i + j;
          continue;
        }
        int same = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int[] ways = {to[i - 1][j] + 1, to[i][j - 1] + 1, to[i - 1][j - 1] + same};
        to[i][j] = Arrays.stream(ways).min().orElseThrow();
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          to[i][j] = Math.min(to[i][j], to[i - 2][j - 2] + 1);
        }
      }
    }
    return to[one.length()][other.length()];
  }
}
