package io.downbeat.schemas.rules;

import io.downbeat.schemas.identity.Uuids;
import java.util.Arrays;
import java.util.UUID;

/**
 * A track in a chart. In order: most streams first; of equals, the greater track id, by its bytes.
 *
 * <p>With that order, of two lists of one chart with equal sums of streams the later one has the
 * greater bytes, and those are what Cassandra keeps of two writes with one timestamp: a chart is
 * written with its sum as timestamp.
 */
public record ChartEntry(UUID track, long streams) implements Comparable<ChartEntry> {

  /** Tracks in a chart. */
  public static final int MOST = 100;

  @Override
  public int compareTo(ChartEntry other) {
    int byStreams = Long.compare(other.streams, streams);
    return byStreams != 0
        ? byStreams
        : Arrays.compareUnsigned(Uuids.toBytes(other.track), Uuids.toBytes(track));
  }
}
