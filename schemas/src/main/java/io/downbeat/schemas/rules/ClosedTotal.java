package io.downbeat.schemas.rules;

/**
 * What was counted of a thing in all days before one: a row of the table of counts, whose start is
 * that day. All time is the newest of them and the days from its start on.
 *
 * <p>Every day before its start is closed: counted by the batch, not by the stream.
 */
public final class ClosedTotal {
  /** In the place of a granularity. */
  public static final String KEY = "closed";

  private ClosedTotal() {}
}
