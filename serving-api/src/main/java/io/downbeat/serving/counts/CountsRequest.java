package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a reader of counts asks for, from the query of its request. */
sealed interface CountsRequest {

  /** All time, as one total. */
  record Total() implements CountsRequest {}

  /** Each bucket of a period. */
  record Buckets(Period period) implements CountsRequest {}

  int MOST_BUCKETS = 10_000;
  Duration DEFAULT_HOURS = Duration.ofHours(48);
  Duration DEFAULT_DAYS = Duration.ofDays(30);

  /**
   * @param query values by parameter
   * @throws Problem 422, naming parameter, value and rule
   */
  static CountsRequest of(Map<String, List<String>> query, Instant now) {
    Query parameters = Query.of(query, Set.of("granularity", "from", "to"));
    String granularity = parameters.text("granularity").orElse("all");
    return switch (granularity) {
      case "hour" -> new Buckets(period(Granularity.HOUR, DEFAULT_HOURS, parameters, now));
      case "day" -> new Buckets(period(Granularity.DAY, DEFAULT_DAYS, parameters, now));
      case "all" -> total(parameters);
      default ->
          throw Problem.invalid("granularity", granularity, "granularity is hour, day or all");
    };
  }

  private static Total total(Query query) {
    for (String name : List.of("from", "to")) {
      query
          .text(name)
          .ifPresent(
              value -> {
                throw Problem.invalid(
                    name,
                    value,
                    name + " is for granularity=hour and granularity=day; all has no bounds");
              });
    }
    return new Total();
  }

  private static Period period(Granularity granularity, Duration span, Query query, Instant now) {
    Instant to = query.time("to").orElse(now);
    Instant from = query.time("from").orElseGet(() -> defaultFrom(granularity, span, to));
    if (!from.isBefore(to)) {
      throw query
          .text("from")
          .map(text -> Problem.invalid("from", text, "from is earlier than to, which is " + to))
          .orElseGet(
              () ->
                  Problem.invalid(
                      "to", query.text("to").orElse(""), "to is later than " + Instant.EPOCH));
    }
    Period period = Period.touching(granularity, from, to);
    if (period.buckets() > MOST_BUCKETS) {
      throw Problem.invalid(
          "from",
          query.text("from").orElse(""),
          "from %s to %s there are %,d buckets of one %s; at most %,d can be asked for"
              .formatted(from, to, period.buckets(), granularity.key(), MOST_BUCKETS));
    }
    return period;
  }

  /** So that, with the bucket that {@code to} is in, there are just as many as the span has. */
  private static Instant defaultFrom(Granularity granularity, Duration span, Instant to) {
    if (!to.isAfter(Instant.EPOCH)) {
      return Instant.EPOCH;
    }
    Instant from = Period.touching(granularity, to.minusMillis(1), to).to().minus(span);
    return from.isBefore(Instant.EPOCH) ? Instant.EPOCH : from;
  }
}
