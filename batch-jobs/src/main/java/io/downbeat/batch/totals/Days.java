package io.downbeat.batch.totals;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Days in UTC. */
final class Days {
  private static final int MOST_SPANS = 100;

  /**
   * @param last the last day, included
   */
  record Span(LocalDate first, LocalDate last) {}

  private Days() {}

  static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /**
   * Whether a play began in one of some days. The spans let Iceberg leave out the partitions of
   * other days; between them at most {@value #MOST_SPANS} are told apart.
   */
  static Column contain(SortedSet<LocalDate> days, Column startedAt) {
    Column inSpan = functions.lit(false);
    for (Span span : spans(days, MOST_SPANS)) {
      inSpan =
          inSpan.or(
              startedAt
                  .geq(functions.lit(start(span.first())))
                  .and(startedAt.lt(functions.lit(start(span.last().plusDays(1))))));
    }
    return days.isEmpty() ? inSpan : inSpan.and(functions.to_date(startedAt).isin(days.toArray()));
  }

  /** At most so many spans that hold all of some days, and few others. */
  static List<Span> spans(SortedSet<LocalDate> days, int most) {
    for (long gap = 1; ; gap *= 2) {
      List<Span> spans = new ArrayList<>();
      for (LocalDate day : days) {
        Span last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
        if (last != null && ChronoUnit.DAYS.between(last.last(), day) <= gap) {
          spans.set(spans.size() - 1, new Span(last.first(), day));
        } else {
          spans.add(new Span(day, day));
        }
      }
      if (spans.size() <= most) {
        return spans;
      }
    }
  }
}
