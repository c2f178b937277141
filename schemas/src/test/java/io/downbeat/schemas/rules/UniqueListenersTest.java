package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class UniqueListenersTest {

  private static long[] hashes(int from, int to) {
    return LongStream.range(from, to)
        .map(i -> UniqueListeners.hash(new UUID(2, i)))
        .sorted()
        .toArray();
  }

  @Property(tries = 200)
  void upTo1024TheyAreExactHoweverTheyCome(
      @ForAll @Size(max = 40) List<List<@IntRange(max = 1_023) Integer>> batches) {
    byte[] listeners = UniqueListeners.none();
    TreeSet<Integer> expected = new TreeSet<>();
    for (List<Integer> batch : batches) {
      expected.addAll(batch);
      listeners =
          UniqueListeners.plus(
              listeners,
              batch.stream()
                  .mapToLong(i -> UniqueListeners.hash(new UUID(2, i)))
                  .sorted()
                  .distinct()
                  .toArray());
    }
    assertThat(UniqueListeners.count(listeners)).isEqualTo(expected.size());
  }

  @Test
  void the1024thIsExactAndManyMoreAreEstimatedWithinFourStandardErrors() {
    byte[] exact = UniqueListeners.plus(UniqueListeners.none(), hashes(0, 1_024));
    assertThat(UniqueListeners.count(exact)).isEqualTo(1_024);
    assertThat(UniqueListeners.plus(exact, hashes(0, 1_024))).isSameAs(exact);

    byte[] many = exact;
    long before = 1_024;
    for (int from = 1_000; from < 200_000; from += 500) {
      many = UniqueListeners.plus(many, hashes(from, from + 1_000));
      assertThat(UniqueListeners.count(many)).as("never fewer").isGreaterThanOrEqualTo(before);
      before = UniqueListeners.count(many);
    }
    assertThat(before).isCloseTo(200_500, Percentage.withPercentage(4 * 0.92));
    assertThat((double) many.length).isCloseTo(8_192, within(100.0));
  }

  @Test
  void differentListenersHaveDifferentHashes() {
    assertThat(
            Stream.of(new UUID(0, 0), new UUID(0, 1), new UUID(1, 0), new UUID(1, 1))
                .map(UniqueListeners::hash)
                .distinct())
        .hasSize(4);
  }

  @Test
  void mergedThoseOfBothCountOnce() {
    byte[] few = UniqueListeners.plus(UniqueListeners.none(), hashes(0, 600));
    byte[] others = UniqueListeners.plus(UniqueListeners.none(), hashes(300, 900));
    byte[] many = UniqueListeners.plus(UniqueListeners.none(), hashes(0, 20_000));
    byte[] more = UniqueListeners.plus(UniqueListeners.none(), hashes(10_000, 30_000));

    assertThat(UniqueListeners.count(UniqueListeners.merge(few, others))).isEqualTo(900);
    assertThat(UniqueListeners.merge(few, UniqueListeners.none())).isEqualTo(few);
    assertThat(UniqueListeners.count(UniqueListeners.merge(many, few)))
        .isCloseTo(20_000, Percentage.withPercentage(4 * 0.92));
    assertThat(UniqueListeners.count(UniqueListeners.merge(few, many)))
        .isCloseTo(20_000, Percentage.withPercentage(4 * 0.92));
    assertThat(UniqueListeners.count(UniqueListeners.merge(many, more)))
        .isCloseTo(30_000, Percentage.withPercentage(4 * 0.92));
  }
}
