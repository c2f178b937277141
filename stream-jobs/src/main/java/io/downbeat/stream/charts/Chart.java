package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.ChartEntry;
import java.util.List;

/**
 * A chart as it stands.
 *
 * @param top as {@link TopTracks#toArray} has it
 */
public record Chart(ChartKey key, long[] top) {

  public List<ChartEntry> entries() {
    return TopTracks.entries(top);
  }

  /** Streams of all its entries; never fewer than those of the same chart before. */
  public long streams() {
    return TopTracks.sum(top);
  }
}
