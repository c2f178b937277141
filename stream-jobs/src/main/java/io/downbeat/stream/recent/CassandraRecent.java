package io.downbeat.stream.recent;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import io.downbeat.stream.io.HeardPlay;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Each play into its listener's list, those of one listener together. A play is always the same row
 * with the same write timestamp, so a replay changes nothing.
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

  private static Function<HeardPlay[], List<BoundStatement>> statements(CqlSession session) {
    PreparedStatement insert = session.prepare(INSERT);
    return plays -> Arrays.stream(plays).map(play -> statement(insert, play)).toList();
  }

  private static BoundStatement statement(PreparedStatement insert, HeardPlay play) {
    return insert
        .boundStatementBuilder()
        .set(0, play.userId().toUuid(), TypeCodecs.UUID)
        .set(1, Instant.ofEpochMilli(play.startedAt()), TypeCodecs.TIMESTAMP)
        .set(2, play.playId().toUuid(), TypeCodecs.UUID)
        .set(3, play.trackId().toUuid(), TypeCodecs.UUID)
        .set(4, play.playedMillis(), TypeCodecs.BIGINT)
        .set(5, play.receivedAt() * 1_000, TypeCodecs.BIGINT)
        .build();
  }
}
