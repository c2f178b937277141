package io.downbeat.bench.counting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DedupTest {

  @Test
  void aNumberIsNewExactlyOnceInWhateverOrderTheyCome() {
    Random random = new Random(3);
    for (int device = 0; device < 500; device++) {
      Set<Long> seen = new HashSet<>();
      long[] ranges = Dedup.none();
      for (int i = 0; i < 60; i++) {
        long number = random.nextInt(40);
        long[] after = Dedup.plus(ranges, number);
        assertThat(after != ranges).isEqualTo(seen.add(number));
        ranges = after;
      }
    }
  }

  @Test
  void numbersInOrderAreOneRange() {
    long[] ranges = Dedup.none();
    for (long number = 0; number < 100; number++) {
      ranges = Dedup.plus(ranges, number);
    }
    assertThat(ranges).containsExactly(0, 99);
  }
}
