package io.downbeat.schemas.rules;

import java.time.Duration;
import java.util.Locale;

/** The sizes of buckets of time, all in UTC; weeks are ISO weeks, which begin on Mondays. */
public enum Granularity {
  HOUR(Duration.ofHours(1), 0),
  DAY(Duration.ofDays(1), 0),
  WEEK(Duration.ofDays(7), Duration.ofDays(4).toMillis()),
  /** One bucket for all time. */
  ALL(Duration.ofMillis(Long.MAX_VALUE), 0);

  private final long millis;
  private final long first;

  /**
   * @param first start of a bucket, milliseconds since 1970
   */
  Granularity(Duration length, long first) {
    this.millis = length.toMillis();
    this.first = first;
  }

  /** Start of the bucket that a time falls in; both in milliseconds since 1970 (UTC). */
  public long bucketOf(long epochMillis) {
    return this == ALL ? 0 : Math.floorDiv(epochMillis - first, millis) * millis + first;
  }

  public Duration length() {
    return Duration.ofMillis(millis);
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
