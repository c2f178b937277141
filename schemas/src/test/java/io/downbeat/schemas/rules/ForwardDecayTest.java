package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ForwardDecayTest {
  private static final long NOW = millis("2026-11-25T12:00:00Z");
  private static final long WEEK = Duration.ofDays(7).toMillis();

  private record Heard(long streams, long at) {}

  @Provide
  Arbitrary<Heard> heard() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 1_000_000), Arbitraries.integers().between(0, 24 * 88))
        .as((streams, hoursAgo) -> new Heard(streams, NOW - hoursAgo * 3_600_000L));
  }

  private static double popularity(List<Heard> all) {
    return all.stream()
        .mapToDouble(heard -> ForwardDecay.of(heard.streams(), heard.at()))
        .reduce(ForwardDecay.NOTHING, ForwardDecay::plus);
  }

  /** Backwards from a time, as the usual definition has it. */
  private static double decayed(List<Heard> all, long now) {
    return all.stream()
        .mapToDouble(heard -> heard.streams() * Math.pow(2, -(double) (now - heard.at()) / WEEK))
        .sum();
  }

  @Property
  void itIsTheNumberOfStreamsThatFadeByHalfAWeek(
      @ForAll @Size(min = 1, max = 50) List<@From("heard") Heard> all) {
    double now = ForwardDecay.asOf(popularity(all), NOW);
    double expected = decayed(all, NOW);
    assertThat(Math.pow(2, now)).isCloseTo(expected, within(expected * 1e-9));
  }

  @Property
  void theSumDoesNotDependOnTheOrder(
      @ForAll @Size(min = 1, max = 200) List<@From("heard") Heard> all, @ForAll Random random) {
    List<Heard> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    assertThat(popularity(shuffled)).isCloseTo(popularity(all), within(1e-9));
  }

  @Property
  void whileNothingIsStreamedTheOrderOfTwoThingsStays(
      @ForAll @Size(min = 1, max = 20) List<@From("heard") Heard> a,
      @ForAll @Size(min = 1, max = 20) List<@From("heard") Heard> b,
      @ForAll("later") long later) {
    double difference = popularity(a) - popularity(b);
    assertThat(ForwardDecay.asOf(popularity(a), later) - ForwardDecay.asOf(popularity(b), later))
        .isCloseTo(difference, within(1e-9));
    if (Math.abs(difference) > 1e-9) {
      assertThat(Math.signum(decayed(a, later) - decayed(b, later)))
          .isEqualTo(Math.signum(difference));
    }
  }

  /** Up to a hundred weeks: of any more next to nothing would be left to compare. */
  @Provide
  Arbitrary<Long> later() {
    return Arbitraries.longs().between(NOW, NOW + 100 * WEEK);
  }

  @Property
  void moreStreamsNeverMakeItLess(
      @ForAll @Size(max = 20) List<@From("heard") Heard> all, @ForAll("heard") Heard more) {
    double before = popularity(all);
    double after = ForwardDecay.plus(before, ForwardDecay.of(more.streams(), more.at()));
    assertThat(after).isGreaterThanOrEqualTo(before);
    assertThat(ForwardDecay.level(after)).isGreaterThanOrEqualTo(ForwardDecay.level(before));
  }

  @Test
  void aDoublingIsTwoLevels() {
    long hour = millis("2026-11-25T00:00:00Z");
    int first = ForwardDecay.level(ForwardDecay.of(1, hour));
    assertThat(ForwardDecay.level(ForwardDecay.of(64, hour))).isEqualTo(first + 12);
    assertThat(
            LongStream.rangeClosed(1, 64)
                .mapToInt(streams -> ForwardDecay.level(ForwardDecay.of(streams, hour)))
                .distinct())
        .as("from one stream to two is both at once")
        .hasSize(12);
  }

  @Test
  void theFirstStreamRisesAboveNothing() {
    assertThat(ForwardDecay.level(ForwardDecay.of(1, 0)))
        .as("however long ago")
        .isGreaterThan(ForwardDecay.level(ForwardDecay.NOTHING));
    assertThat(ForwardDecay.plus(ForwardDecay.NOTHING, ForwardDecay.NOTHING))
        .isEqualTo(ForwardDecay.NOTHING);
  }

  @Test
  void oneStreamOfTheLandmarkHasLogarithmZeroAndEachWeekAfterItOneMore() {
    assertThat(ForwardDecay.of(1, millis("2020-01-01T00:00:00Z"))).isZero();
    assertThat(ForwardDecay.of(8, millis("2020-01-15T00:00:00Z"))).isEqualTo(5);
  }

  @Test
  void itHoldsForAllYearsThatPlaysCanBeOf() {
    for (String time :
        List.of("1970-01-01T00:00:00Z", "2040-01-01T00:00:00Z", "9999-12-31T00:00:00Z")) {
      double one = ForwardDecay.of(1, millis(time));
      double two = ForwardDecay.plus(one, one);
      assertThat(two).isCloseTo(one + 1, within(1e-10));
      assertThat((float) two - (float) one).isCloseTo(1, within(0.07f));
      assertThat(ForwardDecay.asOf(two, millis(time))).isCloseTo(1, within(1e-10));
    }
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }
}
