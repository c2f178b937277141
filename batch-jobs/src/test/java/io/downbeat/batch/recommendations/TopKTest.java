package io.downbeat.batch.recommendations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopKTest {
  private final Random random = new Random(3);

  /** Small whole numbers: their products are exact in any order of adding, and there are ties. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 3, 50", "256, 8, 20", "257, 8, 20", "2000, 64, 50", "1000, 1, 7"})
  void areThoseOfASortOfAllProducts(int items, int rank, int k) {
    int[] ids = IntStream.range(0, items).map(i -> 3 * i + 1).toArray();
    Factors factors = new Factors(rank, ids, numbers(items * rank));
    float[][] queries = IntStream.range(0, 40).mapToObj(q -> numbers(rank)).toArray(float[][]::new);
    int[][] masked =
        IntStream.range(0, 40)
            .mapToObj(q -> Arrays.stream(ids).filter(id -> random.nextInt(40) < q).toArray())
            .toArray(int[][]::new);

    int[][] best = new TopK(factors).best(queries, masked, k);

    for (int q = 0; q < queries.length; q++) {
      assertThat(best[q]).isEqualTo(sorted(factors, queries[q], masked[q], k));
    }
  }

  private static int[] sorted(Factors items, float[] query, int[] masked, int k) {
    return IntStream.range(0, items.ids().length)
        .filter(i -> Arrays.stream(masked).noneMatch(id -> id == items.ids()[i]))
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(i -> -product(items.of(i), query))
                .thenComparing(Comparator.naturalOrder()))
        .limit(k)
        .mapToInt(i -> items.ids()[i])
        .toArray();
  }

  private static double product(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(r -> (double) a[r] * b[r]).sum();
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(21) - 10;
    }
    return numbers;
  }
}
