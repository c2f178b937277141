package io.downbeat.stream.io;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;

/**
 * When the state of a bucket of time is dropped: when no play that the log still holds can belong
 * to it any more. That is the open window, and for as long after it as the log keeps a play; a week
 * longer than that, since a week is open as long as its last day.
 *
 * <p>It counts from the last change (processing time), so that a job that stood still for a while
 * finds every bucket that it needs. Dropped in the background: on the heap with later accesses, by
 * RocksDB as it compacts.
 */
public final class BucketExpiry {

  private BucketExpiry() {}

  /**
   * @param logRetention for how long the log keeps a play
   */
  public static StateTtlConfig of(OpenWindow window, Duration logRetention) {
    return StateTtlConfig.newBuilder(
            Duration.ofDays(window.days()).plus(logRetention).plus(Granularity.WEEK.length()))
        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
        .build();
  }
}
