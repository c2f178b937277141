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

  private StreamEpoch() {}

  /** Sees every conditional write that was answered. */
  static Epoch now(CassandraCluster cluster) {
    try (CqlSession session = cluster.connect()) {
      Row row = session.execute(SELECT).one();
      return row == null ? Epoch.FIRST : new Epoch(row.getLong("number"));
    }
  }
}
