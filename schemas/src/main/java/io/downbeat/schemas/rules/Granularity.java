package io.downbeat.schemas.rules;

import java.time.Duration;
import java.util.Locale;

/** The sizes of buckets of time; they begin at whole hours and days of UTC. */
public enum Granularity {
  HOUR(Duration.ofHours(1)),
  DAY(Duration.ofDays(1));

  private final long millis;

  Granularity(Duration length) {
    this.millis = length.toMillis();
  }

  /** Start of the bucket that a time falls in; both in milliseconds since 1970 (UTC). */
  public long bucketOf(long epochMillis) {
    return Math.floorDiv(epochMillis, millis) * millis;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
