package io.downbeat.stream.recent;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import io.downbeat.stream.io.HeardPlay;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Each play into its listener's list, those of one listener in one batch. A play is always the same
 * row with the same write timestamp, so a replay changes nothing.
 */
public final class CassandraRecent {
  private static final String INSERT =
      "INSERT INTO recent_plays (user_id, started_at, play_id, track_id, played_millis)"
          + " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?";

  private CassandraRecent() {}

  public static void append(DataStream<HeardPlay> plays, CassandraCluster cluster) {
    ByListener.append(plays)
        .sinkTo(new CassandraSink<>(cluster, CassandraRecent::statements))
        .name("write recent plays")
        .uid("write recent plays");
  }

  private static Function<HeardPlay[], Statement<?>> statements(CqlSession session) {
    PreparedStatement insert = session.prepare(INSERT);
    return plays ->
        BatchStatement.builder(DefaultBatchType.UNLOGGED)
            .addStatements(
                Arrays.stream(plays)
                    .map(
                        play ->
                            insert
                                .boundStatementBuilder()
                                .setUuid(0, play.userId().toUuid())
                                .setInstant(1, Instant.ofEpochMilli(play.startedAt()))
                                .setUuid(2, play.playId().toUuid())
                                .setUuid(3, play.trackId().toUuid())
                                .setLong(4, play.playedMillis())
                                .setLong(5, play.receivedAt() * 1_000)
                                .build())
                    .toArray(BatchableStatement<?>[]::new))
            .build();
  }
}
