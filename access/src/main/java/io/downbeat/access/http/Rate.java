package io.downbeat.access.http;

import java.time.Duration;

/**
 * So many requests in a time, and so many at once after a pause.
 *
 * @param requests 0 for no limit
 */
public record Rate(long requests, Duration per, long burst) {
  /** No limit. */
  public static final Rate NONE = new Rate(0, Duration.ofSeconds(1), 1);

  public Rate {
    if (requests < 0 || burst < 1 || per.isNegative() || per.isZero()) {
      throw new IllegalArgumentException(
          "Cannot limit to %d requests in %s with a burst of %d".formatted(requests, per, burst));
    }
  }

  boolean limits() {
    return requests > 0;
  }

  /** From an empty bucket to a full one. */
  Duration toFill() {
    return per.multipliedBy(burst).dividedBy(Math.max(1, requests));
  }
}
