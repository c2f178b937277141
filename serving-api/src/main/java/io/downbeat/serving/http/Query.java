package io.downbeat.serving.http;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The parameters of a request's query; each breach of a rule is a {@link Problem} 422. */
public final class Query {
  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  private final Map<String, List<String>> values;

  private Query(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * @param values by parameter
   * @param known parameters; there may be no others, and none may be given twice
   */
  public static Query of(Map<String, List<String>> values, Set<String> known) {
    values.forEach(
        (name, given) -> {
          if (!known.contains(name)) {
            throw Problem.invalid(
                name,
                given.get(0),
                "There is no such parameter; there are " + String.join(", ", new TreeSet<>(known)));
          }
          if (given.size() > 1) {
            throw Problem.invalid(
                name, String.join(", ", given), name + " is given more than once");
          }
        });
    return new Query(values);
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(given -> given.get(0));
  }

  /** A time, or a date for its midnight in UTC. */
  public Optional<Instant> time(String name) {
    return text(name).map(value -> time(name, value));
  }

  /** A whole number from 1 up to a limit. */
  public int limit(String name, int otherwise, int most) {
    return text(name).map(value -> limit(name, value, most)).orElse(otherwise);
  }

  private static int limit(String name, String value, int most) {
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw Problem.invalid(name, value, name + " is a whole number from 1 to " + most);
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
}
