package io.downbeat.serving.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EditDistanceTest {

  @Example
  void oneErrorOfEachKind() {
    assertThat(between("beatles", "beatles")).isZero();
    assertThat(between("beatles", "beattles")).isEqualTo(1);
    assertThat(between("beatles", "betles")).isEqualTo(1);
    assertThat(between("beatles", "beagles")).isEqualTo(1);
    assertThat(between("beatles", "baetles")).isEqualTo(1);
    assertThat(between("東京事変", "東京事件")).isEqualTo(1);
  }

  @Property(tries = 5_000)
  void isThatOfTheWholeTable(
      @ForAll("words") String name, @ForAll("words") String typed, @ForAll("errors") int most) {
    byte[] text = name.getBytes(UTF_8);
    int[][] table = table(name.codePoints().toArray(), typed.codePoints().toArray());
    int columns = table[0].length - 1;
    int whole = table[table.length - 1][columns];
    int beginning = Integer.MAX_VALUE;
    for (int[] row : table) {
      beginning = Math.min(beginning, row[columns]);
    }
    EditDistance distance = new EditDistance(typed.getBytes(UTF_8));

    assertThat(Math.min(distance.to(text, 0, text.length, most), most + 1))
        .isEqualTo(Math.min(whole, most + 1));
    assertThat(Math.min(distance.toBeginning(text, 0, text.length, most), most + 1))
        .isEqualTo(Math.min(beginning, most + 1));
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings().withChars("abcé東").ofMinLength(1).ofMaxLength(9);
  }

  @Provide
  Arbitrary<Integer> errors() {
    return Arbitraries.integers().between(1, 2);
  }

  private static int between(String name, String typed) {
    byte[] text = name.getBytes(UTF_8);
    return new EditDistance(typed.getBytes(UTF_8)).to(text, 0, text.length, 2);
  }

  /** By the definition: of each beginning of the one to each of the other. */
  private static int[][] table(int[] left, int[] right) {
    int[][] table = new int[left.length + 1][right.length + 1];
    for (int i = 0; i <= left.length; i++) {
      for (int j = 0; j <= right.length; j++) {
        if (i == 0 || j == 0) {
          table[i][j] = i + j;
          continue;
        }
        int replaced = table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
        table[i][j] = Math.min(replaced, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
        if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
          table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
        }
      }
    }
    return table;
  }
}
