package io.downbeat.stream.fans;

import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;

/** From changes of listeners' lists to how often each thing was added and removed in all. */
public final class FanCounts {

  private FanCounts() {}

  /**
   * @param changes at least once each, those of one entry in any order
   * @param interval how often changed totals go out
   * @param all whether every total of a restored state goes out once, changed or not
   * @return absolute totals of each thing that changed; the newest is never lower in either number
   */
  public static DataStream<Movement> append(
      DataStream<ListChange> changes, Duration interval, boolean all) {
    return FanTotals.append(Movements.append(changes), interval, all);
  }
}
