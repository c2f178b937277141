package io.downbeat.stream.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RangesTest {

  /** Dense ones, that meet often, and both ends of all numbers. */
  @Provide
  Arbitrary<List<Long>> numbers() {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(0, 60),
            Arbitraries.longs().between(Long.MAX_VALUE - 3, Long.MAX_VALUE),
            Arbitraries.longs().between(Long.MIN_VALUE, Long.MIN_VALUE + 3))
        .list()
        .ofMaxSize(120);
  }

  @Property
  void areTheFewestThatHoldTheNumbersSeen(@ForAll("numbers") List<Long> numbers) {
    long[] ranges = Ranges.none();
    TreeSet<Long> seen = new TreeSet<>();
    for (long number : numbers) {
      long[] after = Ranges.plus(ranges, number);
      assertThat(after != ranges).as("%d is new", number).isEqualTo(seen.add(number));
      ranges = after;
      assertThat(ranges).isEqualTo(fewest(seen));
    }
  }

  private static long[] fewest(TreeSet<Long> numbers) {
    List<Long> ends = new ArrayList<>();
    for (Long number : numbers) {
      Long before = numbers.lower(number);
      if (before == null || before + 1 != number) {
        ends.add(number);
        ends.add(number);
      } else {
        ends.set(ends.size() - 1, number);
      }
    }
    return ends.stream().mapToLong(end -> end).toArray();
  }

  @Test
  void whatComesInOrderOrInReverseIsOneRange() {
    long[] ranges =
        LongStream.range(0, 2_000)
            .map(i -> 1_999 - i)
            .boxed()
            .reduce(Ranges.none(), Ranges::plus, (a, b) -> a);
    assertThat(ranges).containsExactly(0, 1_999);
    assertThat(Ranges.plus(ranges, 2_000)).containsExactly(0, 2_000);
  }
}
