package io.downbeat.batch.audit;

import io.downbeat.batch.lake.StreamCommit;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The stream's commits to the lake.
 *
 * <p>A commit holds what was counted before its checkpoint began. The first one seen after a moment
 * may be of a checkpoint that began before it, and so may the next one, which began when that was
 * complete but maybe not yet committed. The one after the next began later: no task that commits
 * takes part in a checkpoint before it has committed the one before.
 */
final class StreamCommits {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Table plays;
  private final Set<Long> known = new HashSet<>();

  /**
   * @param plays the moment is now
   */
  StreamCommits(Table plays) {
    this.plays = plays;
    plays.refresh();
    plays.snapshots().forEach(snapshot -> known.add(snapshot.snapshotId()));
  }

  /** Whether, soon enough, the lake has everything that was counted at that moment. */
  boolean await(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isCovered()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
    return true;
  }

  private boolean isCovered() {
    plays.refresh();
    long first = Long.MAX_VALUE;
    long last = 0;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(plays)) {
      OptionalLong checkpoint = StreamCommit.checkpoint(snapshot);
      if (checkpoint.isPresent() && !known.contains(snapshot.snapshotId())) {
        first = Math.min(first, checkpoint.getAsLong());
        last = Math.max(last, checkpoint.getAsLong());
      }
    }
    return last - first >= 2;
  }
}
