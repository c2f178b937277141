package io.downbeat.stream.fans;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Fans;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Totals of fans into the table of counts, into the thing's row of all time: as counts of plays,
 * each measure under a write timestamp of which it is a part. Both are written together, however
 * little changed, so that of whatever writes a row is made, no more was removed than added.
 */
public final class CassandraFans {
  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures = measures + ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";
  private static final Instant ALL_TIME = Instant.ofEpochMilli(Granularity.ALL.bucketOf(0));

  private static final TypeCodec<Map<String, Long>> MEASURES =
      TypeCodecs.mapOf(TypeCodecs.TEXT, TypeCodecs.BIGINT);

  private CassandraFans() {}

  public static void append(DataStream<Movement> totals, CassandraCluster cluster, Epoch epoch) {
    totals.sinkTo(sink(cluster, epoch)).name("write fans").uid("write fans");
  }

  static CassandraSink<Movement> sink(CassandraCluster cluster, Epoch epoch) {
    return new CassandraSink<>(
        cluster,
        session -> {
          PreparedStatement update = session.prepare(UPDATE);
          return total -> {
            Fans fans = Fans.of(total.thing().kind()).orElseThrow();
            return List.of(
                measure(update, epoch, total, fans.added(), total.added()),
                measure(update, epoch, total, fans.removed(), total.removed()));
          };
        });
  }

  private static BoundStatement measure(
      PreparedStatement update, Epoch epoch, Movement total, String name, long value) {
    return update
        .boundStatementBuilder()
        .set(0, epoch.timestamp(value), TypeCodecs.BIGINT)
        .set(1, Map.of(name, value), MEASURES)
        .set(2, total.thing().kind().key(), TypeCodecs.TEXT)
        .set(3, total.thing().id().toUuid(), TypeCodecs.UUID)
        .set(4, Granularity.ALL.key(), TypeCodecs.TEXT)
        .set(5, ALL_TIME, TypeCodecs.TIMESTAMP)
        .build();
  }
}
