package io.downbeat.local.run.supervise;

import java.time.Duration;
import java.time.Instant;

/**
 * What is known of one part at one moment. Immutable: each event gives the next state.
 *
 * @param since when it came into this phase
 * @param restarts how often it ended by itself since the supervisor started
 * @param failedStarts how often it did so in a row without having been ready
 * @param delay the current back-off, or the last one if it is still held against it; zero where
 *     nothing is
 * @param note why it ended last or what it does, one line; empty where there is nothing to say
 */
public record PartState(
    String name,
    Phase phase,
    Instant since,
    int restarts,
    int failedStarts,
    Duration delay,
    String note) {

  static PartState waiting(String name, Instant now) {
    return new PartState(name, Phase.WAITING, now, 0, 0, Duration.ZERO, "");
  }

  PartState starting(Instant now) {
    return new PartState(name, Phase.STARTING, now, restarts, failedStarts, delay, note);
  }

  PartState doing(String what) {
    return new PartState(name, phase, since, restarts, failedStarts, delay, what);
  }

  PartState ready(Instant now) {
    return new PartState(name, Phase.READY, now, restarts, 0, delay, note);
  }

  /**
   * It could not be started, and trying again alone won't mend it: no count of failures ends that.
   */
  PartState blocked(Instant now, String why, Backoff backoff) {
    return new PartState(
        name, Phase.BLOCKED, now, restarts + 1, failedStarts, backoff.after(delay), why);
  }

  /** It ended without having been told to. */
  PartState died(Instant now, String why, Backoff backoff) {
    boolean wasReady = phase == Phase.READY;
    boolean forgiven =
        wasReady && Duration.between(since, now).compareTo(backoff.forgivenAfter()) >= 0;
    return new PartState(
        name,
        Phase.BACKING_OFF,
        now,
        restarts + 1,
        wasReady ? 0 : failedStarts + 1,
        backoff.after(forgiven ? Duration.ZERO : delay),
        why);
  }

  PartState stopping(Instant now) {
    return new PartState(name, Phase.STOPPING, now, restarts, failedStarts, delay, note);
  }

  PartState stopped(Instant now) {
    return new PartState(name, Phase.STOPPED, now, restarts, failedStarts, delay, note);
  }

  /** When it may be started; the past in every phase in which it does not wait after an end. */
  Instant startsAt() {
    return phase == Phase.BACKING_OFF || phase == Phase.BLOCKED ? since.plus(delay) : since;
  }
}
