package io.downbeat.local.run.supervise;

import java.time.Duration;

/**
 * How long to wait before a part that died is started again.
 *
 * @param first the wait after the first end
 * @param most the wait doubles with every end up to this
 * @param forgivenAfter a part that was ready for this long begins with {@code first} again
 */
public record Backoff(Duration first, Duration most, Duration forgivenAfter) {
  public static final Backoff STANDARD =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(1));

  Duration after(Duration last) {
    Duration doubled = last.isZero() ? first : last.multipliedBy(2);
    return doubled.compareTo(most) < 0 ? doubled : most;
  }
}
