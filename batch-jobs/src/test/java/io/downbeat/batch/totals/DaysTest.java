package io.downbeat.batch.totals;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DaysTest {
  private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);

  @Test
  void daysThatFollowEachOtherAreOneSpan() {
    SortedSet<LocalDate> days = days(0, 1, 2, 5, 7);
    assertThat(Days.spans(days, 10)).containsExactly(span(0, 2), span(5, 5), span(7, 7));
    assertThat(Days.spans(days, 2)).containsExactly(span(0, 2), span(5, 7));
    assertThat(Days.spans(days, 1)).containsExactly(span(0, 7));
    assertThat(Days.spans(days(), 1)).isEmpty();
  }

  @Test
  void noMoreSpansThanAskedForAndNoDayIsLeftOut() {
    Random random = new Random(1);
    SortedSet<LocalDate> days = new TreeSet<>();
    while (days.size() < 500) {
      days.add(MONDAY.plusDays(random.nextInt(20_000)));
    }
    List<Days.Span> spans = Days.spans(days, 100);
    assertThat(spans).hasSizeLessThanOrEqualTo(100);
    assertThat(days)
        .allMatch(
            day ->
                spans.stream()
                    .anyMatch(span -> !day.isBefore(span.first()) && !day.isAfter(span.last())));
  }

  @Test
  void aWeekIsClosedWithItsLastDay() {
    SortedSet<LocalDate> days = days(2, 9);
    assertThat(ClosedDays.daysOfClosedWeeks(days, MONDAY.plusDays(6))).isEmpty();
    assertThat(ClosedDays.daysOfClosedWeeks(days, MONDAY.plusDays(7)))
        .isEqualTo(days(0, 1, 2, 3, 4, 5, 6));
    assertThat(ClosedDays.daysOfClosedWeeks(days, MONDAY.plusDays(14))).hasSize(14);
  }

  private static Days.Span span(int first, int last) {
    return new Days.Span(MONDAY.plusDays(first), MONDAY.plusDays(last));
  }

  private static SortedSet<LocalDate> days(int... fromMonday) {
    SortedSet<LocalDate> days = new TreeSet<>();
    for (int day : fromMonday) {
      days.add(MONDAY.plusDays(day));
    }
    return days;
  }
}
