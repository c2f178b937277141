package io.downbeat.local.run.simulate;

import java.time.Instant;

/**
 * A play on its way in.
 *
 * @param firstArrivesAt when the first of its copies arrives
 */
public record Upload(Play play, Instant arrivesAt, Instant firstArrivesAt) {

  /** Whether the same play has been sent before. */
  public boolean again() {
    return arrivesAt.isAfter(firstArrivesAt);
  }
}
