package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.Granularity;
import java.time.Duration;
import java.time.Instant;

/**
 * Whole buckets of time.
 *
 * @param from beginning of the first
 * @param to end of the last
 */
public record Period(Granularity granularity, Instant from, Instant to) {

  public Period {
    if (!isStart(granularity, from) || !isStart(granularity, to) || !from.isBefore(to)) {
      throw new IllegalArgumentException(
          "From %s to %s there are no whole buckets of one %s"
              .formatted(from, to, granularity.key()));
    }
  }

  /** The buckets that a span of time touches; it must not be empty. */
  static Period touching(Granularity granularity, Instant from, Instant to) {
    return new Period(granularity, floor(granularity, from), ceiling(granularity, to));
  }

  long buckets() {
    return Duration.between(from, to).dividedBy(granularity.length());
  }

  private static Instant floor(Granularity granularity, Instant time) {
    return Instant.ofEpochMilli(granularity.bucketOf(time.toEpochMilli()));
  }

  private static Instant ceiling(Granularity granularity, Instant time) {
    return isStart(granularity, time) ? time : floor(granularity, time).plus(granularity.length());
  }

  private static boolean isStart(Granularity granularity, Instant time) {
    return floor(granularity, time).equals(time);
  }
}
