package io.downbeat.ingest.accounts;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;

/** The clock of a process that dies when it asks for the time once more after so many times. */
final class DyingClock extends Clock {
  private final AtomicInteger left;

  static final class Dead extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  DyingClock(int times) {
    this.left = new AtomicInteger(times);
  }

  @Override
  public Instant instant() {
    if (left.getAndDecrement() <= 0) {
      throw new Dead();
    }
    return Instant.now();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
