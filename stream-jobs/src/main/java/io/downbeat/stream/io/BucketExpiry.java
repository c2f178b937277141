package io.downbeat.stream.io;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;

/**
 * When the state of a bucket of time is dropped: so long after its last change (processing time)
 * that no play can belong to it any more. A play comes into the log while its day is open and is
 * processed while the log keeps it: no later than the open window and the log's retention after the
 * day began, and a week more for weeks, which are open as long as their last day.
 *
 * <p>Dropped in the background: on the heap with later accesses, by RocksDB as it compacts.
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
