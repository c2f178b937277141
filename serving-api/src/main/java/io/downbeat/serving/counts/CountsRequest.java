package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a reader of counts asks for, from the query of its request. */
sealed interface CountsRequest {

  /** All time, as one total. */
  record Total() implements CountsRequest {}

  /** Each bucket of a period. */
  record Buckets(Period period) implements CountsRequest {}

  int MOST_BUCKETS = 10_000;
  Duration DEFAULT_HOURS = Duration.ofHours(48);
  Duration DEFAULT_DAYS = Duration.ofDays(30);
  Instant FIRST = Instant.EPOCH;
  Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  /**
   * @param query values by parameter
   * @throws Problem 422, naming parameter, value and rule
   */
  static CountsRequest of(Map<String, List<String>> query, Instant now) {
    query.forEach(CountsRequest::checkParameter);
    String granularity = one(query, "granularity");
    return switch (granularity == null ? "all" : granularity) {
      case "hour" -> new Buckets(period(Granularity.HOUR, DEFAULT_HOURS, query, now));
      case "day" -> new Buckets(period(Granularity.DAY, DEFAULT_DAYS, query, now));
      case "all" -> total(query);
      default ->
          throw Problem.invalid(
              "granularity", String.valueOf(granularity), "granularity is hour, day or all");
    };
  }

  private static void checkParameter(String name, List<String> values) {
    if (!Set.of("granularity", "from", "to").contains(name)) {
      throw Problem.invalid(
          name, values.get(0), "There is no such parameter; there are granularity, from and to");
    }
    if (values.size() > 1) {
      throw Problem.invalid(name, String.join(", ", values), name + " is given more than once");
    }
  }

  private static Total total(Map<String, List<String>> query) {
    for (String name : List.of("from", "to")) {
      String value = one(query, name);
      if (value != null) {
        throw Problem.invalid(
            name, value, name + " is for granularity=hour and granularity=day; all has no bounds");
      }
    }
    return new Total();
  }

  private static Period period(
      Granularity granularity, Duration span, Map<String, List<String>> query, Instant now) {
    String toText = one(query, "to");
    Instant to = toText == null ? now : time("to", toText);
    String fromText = one(query, "from");
    Instant from = fromText == null ? defaultFrom(granularity, span, to) : time("from", fromText);
    if (!from.isBefore(to)) {
      throw fromText == null
          ? Problem.invalid("to", String.valueOf(toText), "to is later than " + FIRST)
          : Problem.invalid("from", fromText, "from is earlier than to, which is " + to);
    }
    Period period = Period.touching(granularity, from, to);
    if (period.buckets() > MOST_BUCKETS) {
      throw Problem.invalid(
          "from",
          String.valueOf(fromText),
          "from %s to %s there are %,d buckets of one %s; at most %,d can be asked for"
              .formatted(from, to, period.buckets(), granularity.key(), MOST_BUCKETS));
    }
    return period;
  }

  /** So that, with the bucket that {@code to} is in, there are just as many as the span has. */
  private static Instant defaultFrom(Granularity granularity, Duration span, Instant to) {
    if (!to.isAfter(FIRST)) {
      return FIRST;
    }
    Instant from = Period.touching(granularity, to.minusMillis(1), to).to().minus(span);
    return from.isBefore(FIRST) ? FIRST : from;
  }

  private static Instant time(String name, String value) {
    Instant time;
    try {
      time =
          value.length() == 10
              ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeParseException e) {
      throw Problem.invalid(
          name,
          value,
          name
              + " is a time such as 2026-01-01T12:00:00Z or a date such as 2026-01-01"
              + " (in a URL a + is written %2B)");
    }
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw Problem.invalid(name, value, name + " lies between " + FIRST + " and " + LAST);
    }
    return time;
  }

  private static @Nullable String one(Map<String, List<String>> query, String name) {
    List<String> values = query.get(name);
    return values == null ? null : values.get(0);
  }
}
