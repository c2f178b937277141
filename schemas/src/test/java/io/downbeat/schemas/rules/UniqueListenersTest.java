package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UniqueListenersTest {

  private static long[] hashes(long from, long to) {
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

  @Property(tries = 40)
  void bytesFollowFromTheSetAloneAndMoreAreNeverFewer(
      @ForAll @IntRange(min = 1, max = 40_000) int size, @ForAll Random random) {
    List<Long> hashes =
        new ArrayList<>(LongStream.range(0, size).map(i -> random.nextLong()).boxed().toList());
    byte[] atOnce =
        UniqueListeners.plus(
            UniqueListeners.none(), hashes.stream().mapToLong(h -> h).sorted().toArray());

    Collections.shuffle(hashes, random);
    byte[] listeners = UniqueListeners.none();
    long before = 0;
    for (int from = 0; from < size; ) {
      int to = Math.min(size, from + 1 + random.nextInt(random.nextBoolean() ? 3 : 2_000));
      int again = Math.max(0, from - random.nextInt(100));
      listeners =
          UniqueListeners.plus(
              listeners, hashes.subList(again, to).stream().mapToLong(h -> h).sorted().toArray());
      long now = UniqueListeners.count(listeners);
      assertThat(now).isGreaterThanOrEqualTo(before);
      before = now;
      from = to;
    }
    assertThat(listeners).isEqualTo(atOnce);
    assertThat(UniqueListeners.plus(listeners, new long[] {hashes.get(0)})).isSameAs(listeners);
  }

  @Test
  void the1024thIsExactAndTheNextIsMore() {
    byte[] exact = UniqueListeners.plus(UniqueListeners.none(), hashes(0, 1_024));
    assertThat(UniqueListeners.count(exact)).isEqualTo(1_024);
    assertThat(UniqueListeners.plus(exact, hashes(0, 1_024))).isSameAs(exact);
    byte[] more = UniqueListeners.plus(exact, hashes(1_024, 1_025));
    assertThat(UniqueListeners.count(more)).isBetween(1_025L, 1_080L);
    assertThat(more).hasSize(8_193);
  }

  @Test
  void theStandardErrorOfManyIsAsStated() {
    int sets = 200;
    for (int size : List.of(1_500, 6_000, 25_000, 100_000)) {
      double squares = 0;
      for (long set = 0; set < sets; set++) {
        long first = set << 32;
        byte[] listeners =
            UniqueListeners.plus(UniqueListeners.none(), hashes(first, first + size));
        double error = (double) UniqueListeners.count(listeners) / size - 1;
        squares += error * error;
      }
      // Of 200 estimates the error is itself known to some 5 %: four of these on top.
      assertThat(Math.sqrt(squares / sets)).as("%d listeners", size).isLessThan(0.0115 * 1.2);
    }
  }

  @Test
  void differentListenersHaveDifferentHashes() {
    assertThat(
            Stream.of(new UUID(0, 0), new UUID(0, 1), new UUID(1, 0), new UUID(1, 1))
                .map(UniqueListeners::hash)
                .distinct())
        .hasSize(4);
  }
}
