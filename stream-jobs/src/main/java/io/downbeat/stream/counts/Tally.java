package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;

/**
 * The absolute totals of a bucket.
 *
 * @param measures by the position of {@link Counters}
 * @param listeners how many different ones; 0 in buckets for which they aren't counted
 */
public record Tally(Bucket bucket, long[] measures, long listeners) {

  public long streams() {
    return measures[Counters.STREAMS.ordinal()];
  }
}
