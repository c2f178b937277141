package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;

/**
 * Which chart. A Flink key, so its hash is the same in every JVM.
 *
 * @param scope a genre's id, or that of everything
 * @param windowOrdinal of {@link Granularity}
 * @param start milliseconds since 1970 (UTC)
 */
public record ChartKey(Id scope, byte windowOrdinal, long start) {
  private static final Granularity[] WINDOWS = Granularity.values();

  public Granularity window() {
    return WINDOWS[windowOrdinal];
  }

  @Override
  public int hashCode() {
    return 31 * (31 * scope.hashCode() + windowOrdinal) + Long.hashCode(start);
  }
}
