package io.downbeat.schemas.rules;

import java.io.Serializable;

/**
 * Which buckets of time the stream counts: those with a day that was open when the play came into
 * the log. Everything older is counted by the batch, from the lake. What decides is the log's own
 * time of the record (the broker's append time), never a clock of the reader, so that a replay
 * decides the same.
 *
 * @param days how many are open: the day (UTC) of the log's time and those before it
 */
public record OpenWindow(int days) implements Serializable {

  public OpenWindow {
    if (days < 1 || days > 36_500) {
      throw new IllegalArgumentException(
          "The open window has " + days + " days, but has between 1 and 36,500");
    }
  }

  /**
   * Where the first open day begins.
   *
   * @param loggedAt and the result: milliseconds since 1970 (UTC)
   */
  public long firstOpen(long loggedAt) {
    return Granularity.DAY.bucketOf(loggedAt) - (days - 1) * Granularity.DAY.length().toMillis();
  }

  /**
   * Whether the stream counts a play for its bucket of this size. A week is open as long as one of
   * its days is; all time always is.
   *
   * @param startedAt event time, milliseconds since 1970 (UTC)
   * @param loggedAt the log's time of the play, milliseconds since 1970 (UTC)
   */
  public boolean isOpen(Granularity granularity, long startedAt, long loggedAt) {
    return granularity == Granularity.ALL
        || granularity.bucketOf(startedAt) + granularity.length().toMillis() > firstOpen(loggedAt);
  }

  /**
   * The smallest bucket that the stream counts a play for: its hour while the day is open, then its
   * week, then that of all time.
   *
   * @param startedAt event time, milliseconds since 1970 (UTC)
   * @param loggedAt the log's time of the play, milliseconds since 1970 (UTC)
   */
  public Granularity smallestOpen(long startedAt, long loggedAt) {
    return isOpen(Granularity.DAY, startedAt, loggedAt)
        ? Granularity.HOUR
        : isOpen(Granularity.WEEK, startedAt, loggedAt) ? Granularity.WEEK : Granularity.ALL;
  }
}
