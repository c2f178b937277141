package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.downbeat.schemas.rules.Epoch;

/** The epoch under which the stream counts, in the table {@code epochs}. */
public final class StreamEpoch {

  private StreamEpoch() {}

  public static Epoch now(CqlSession session) {
    Row row =
        session
            .execute(
                SimpleStatement.newInstance("SELECT number FROM epochs WHERE name = 'counts'")
                    .setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL))
            .one();
    return row == null ? Epoch.FIRST : new Epoch(row.getLong(0));
  }
}
