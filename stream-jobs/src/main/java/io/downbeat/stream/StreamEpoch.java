package io.downbeat.stream;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.stream.io.CassandraCluster;

/** Under which epoch the stream writes: that of the last rebuild. */
final class StreamEpoch {
  private static final SimpleStatement SELECT =
      SimpleStatement.newInstance("SELECT number FROM epochs WHERE name = 'counts'")
          .setConsistencyLevel(DefaultConsistencyLevel.LOCAL_SERIAL);
  private static final String FIRST_MOVE =
      "INSERT INTO epochs (name, number) VALUES ('counts', ?) IF NOT EXISTS";
  private static final String MOVE =
      "UPDATE epochs SET number = ? WHERE name = 'counts' IF number = ?";

  private StreamEpoch() {}

  /** Sees every conditional write that was answered. */
  static Epoch now(CassandraCluster cluster) {
    try (CqlSession session = cluster.connect()) {
      return now(session);
    }
  }

  /**
   * From one epoch to the next, in one step that is done or not.
   *
   * @throws IllegalStateException if it is not the first one any more
   */
  static void move(CassandraCluster cluster, Epoch from, Epoch to) {
    try (CqlSession session = cluster.connect()) {
      SimpleStatement move =
          from.isFirst() && session.execute(SELECT).one() == null
              ? SimpleStatement.newInstance(FIRST_MOVE, to.number())
              : SimpleStatement.newInstance(MOVE, to.number(), from.number());
      boolean moved =
          session
              .execute(
                  move.setSerialConsistencyLevel(DefaultConsistencyLevel.LOCAL_SERIAL)
                      .setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM))
              .wasApplied();
      Epoch now = now(session);
      if (!moved && !now.equals(to)) {
        throw new IllegalStateException(
            "Cannot move the epoch of counts from %d to %d: it is %d. Another rebuild has moved it"
                .formatted(from.number(), to.number(), now.number()));
      }
    }
  }

  private static Epoch now(CqlSession session) {
    Row row = session.execute(SELECT).one();
    return row == null ? Epoch.FIRST : new Epoch(row.getLong("number"));
  }
}
