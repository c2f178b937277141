package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DayTest {
  private static final long HOUR = 3_600_000;
  private static final Bucket DAY =
      Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.DAY, -24 * HOUR);

  private static Heard heard(long plays, long millis, long... listeners) {
    return new Heard(new long[] {plays, plays, millis, 0}, listeners);
  }

  private static long hour(int hour) {
    return DAY.start() + hour * HOUR;
  }

  private static List<String> changes(Day day) {
    List<Tally> tallies = new ArrayList<>();
    day.addChanges(DAY, tallies);
    return tallies.stream()
        .map(
            tally ->
                "%s %d: %s by %d"
                    .formatted(
                        tally.bucket().granularity(),
                        (tally.bucket().start() - DAY.start()) / HOUR,
                        Arrays.toString(tally.measures()),
                        tally.listeners()))
        .toList();
  }

  @Test
  void theDayIsTheSumOfItsHoursOfWhichOnlyThoseThatChangedGoOut() {
    Day day = new Day();
    day.add(hour(0), heard(2, 200_000, 7, 9));
    day.add(hour(23), heard(1, 127));
    day.add(hour(0), heard(1, 1, 8, 9));
    assertThat(changes(day))
        .containsExactly(
            "HOUR 0: [3, 3, 200001, 0] by 0",
            "HOUR 23: [1, 1, 127, 0] by 0",
            "DAY 0: [4, 4, 200128, 0] by 3");

    Day again = Day.of(day.bytes());
    again.add(hour(23), heard(0, 1, 7));
    assertThat(changes(again))
        .containsExactly("HOUR 23: [1, 1, 128, 0] by 0", "DAY 0: [4, 4, 200129, 0] by 3");
    again.changeAll();
    assertThat(changes(again)).hasSize(3);
  }

  @Test
  void nothingIsLostInItsBytesHoweverMuchWasHeard() {
    Day day = new Day();
    for (int hour = 0; hour < 24; hour++) {
      long[] listeners = LongStream.range(hour * 100, hour * 100 + 500).toArray();
      day.add(hour(hour), heard(1L << (hour * 2), Long.MAX_VALUE / 24, listeners));
    }
    Day read = Day.of(day.bytes());
    read.changeAll();
    assertThat(changes(read)).isEqualTo(changes(day)).hasSize(25);
    assertThat(read.bytes()).isEqualTo(day.bytes());
  }

  @Test
  void anHourThatWasNeverHeardIsNotThereAndOneOfOtherListenersIs() {
    Day day = Day.of(null);
    assertThat(changes(day)).containsExactly("DAY 0: [0, 0, 0, 0] by 0");
    assertThat(day.bytes()).as("counters and no listeners").containsExactly(4, 0);
    day.add(hour(1), heard(1, 200_000, 7));
    assertThat(day.bytes()).as("8 of the listener, 7 of the hour").hasSize(2 + 8 + 7);
  }

  @Test
  void bytesFromBeforeACounterWasAddedAreReadOn() {
    byte[] older = {2, 0, 5, 3, (byte) 0x81, 1};
    Day day = Day.of(older);
    day.add(hour(5), heard(1, 10));
    assertThat(changes(day))
        .containsExactly("HOUR 5: [4, 130, 10, 0] by 0", "DAY 0: [4, 130, 10, 0] by 0");
  }
}
