package io.downbeat.batch.lake;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/** What tells the stream's commits to a table of the lake from those of the jobs. */
public final class StreamCommit {
  private static final String CHECKPOINT = "flink.max-committed-checkpoint-id";

  private StreamCommit() {}

  /** The checkpoint that it commits; empty if it is not the stream's. */
  public static OptionalLong checkpoint(Snapshot snapshot) {
    String checkpoint = snapshot.summary().get(CHECKPOINT);
    return checkpoint == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(checkpoint));
  }

  /** The newest in the history of what is current. */
  public static Optional<Snapshot> newest(Table table) {
    return StreamSupport.stream(SnapshotUtil.currentAncestors(table).spliterator(), false)
        .filter(snapshot -> checkpoint(snapshot).isPresent())
        .findFirst();
  }
}
