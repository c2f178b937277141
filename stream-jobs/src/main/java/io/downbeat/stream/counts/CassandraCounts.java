package io.downbeat.stream.counts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/**
 * Totals into the table of counts, those of one thing together. Each measure carries its own write
 * timestamp, of which the total is a part: of two writes the higher total stays, whichever comes
 * last. Measures of one value share that timestamp, and so a statement.
 */
public final class CassandraCounts {
  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures = measures + ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";

  private static final TypeCodec<Map<String, Long>> MEASURES =
      TypeCodecs.mapOf(TypeCodecs.TEXT, TypeCodecs.BIGINT);

  private static final Map<CountedKind, ByteBuffer> KINDS =
      texts(CountedKind.values(), CountedKind::key);
  private static final Map<Granularity, ByteBuffer> GRANULARITIES =
      texts(Granularity.values(), Granularity::key);

  private CassandraCounts() {}

  private static <E> Map<E, ByteBuffer> texts(E[] values, Function<E, String> text) {
    return Arrays.stream(values)
        .collect(Collectors.toMap(value -> value, value -> UTF_8.encode(text.apply(value))));
  }

  /** Weeks stay out: they are totals for charts, and the sum of their days for anyone else. */
  public static void append(DataStream<Tally[]> totals, CassandraCluster cluster, Epoch epoch) {
    totals
        .flatMap(CassandraCounts::withoutWeeks)
        .returns(Tally.TOGETHER)
        .name("leave out weeks")
        .uid("leave out weeks")
        .sinkTo(sink(cluster, epoch))
        .name("write counts")
        .uid("write counts");
  }

  private static void withoutWeeks(Tally[] together, Collector<Tally[]> out) {
    Tally[] rest =
        Arrays.stream(together)
            .filter(tally -> tally.bucket().granularity() != Granularity.WEEK)
            .toArray(Tally[]::new);
    if (rest.length > 0) {
      out.collect(rest);
    }
  }

  static CassandraSink<Tally[]> sink(CassandraCluster cluster, Epoch epoch) {
    return new CassandraSink<>(
        cluster,
        session -> {
          PreparedStatement update = session.prepare(UPDATE);
          return totals -> {
            List<BoundStatement> statements = new ArrayList<>();
            for (Tally total : totals) {
              addStatements(update, epoch, total, statements);
            }
            return statements;
          };
        });
  }

  private static void addStatements(
      PreparedStatement update, Epoch epoch, Tally total, List<BoundStatement> statements) {
    Bucket bucket = total.bucket();
    ByteBuffer kind = KINDS.get(bucket.kind());
    ByteBuffer id = ByteBuffer.wrap(bucket.id().toBytes());
    ByteBuffer granularity = GRANULARITIES.get(bucket.granularity());
    ByteBuffer start =
        TypeCodecs.TIMESTAMP.encode(Instant.ofEpochMilli(bucket.start()), ProtocolVersion.DEFAULT);
    measures(total, epoch)
        .forEach(
            (value, names) ->
                statements.add(
                    update
                        .boundStatementBuilder()
                        .set(0, epoch.timestamp(value), TypeCodecs.BIGINT)
                        .set(1, names, MEASURES)
                        .setBytesUnsafe(2, kind)
                        .setBytesUnsafe(3, id)
                        .setBytesUnsafe(4, granularity)
                        .setBytesUnsafe(5, start)
                        .build()));
  }

  /** By value; zeros only where they may have something to replace. */
  private static Map<Long, Map<String, Long>> measures(Tally total, Epoch epoch) {
    Map<Long, Map<String, Long>> byValue = new HashMap<>();
    Granularity size = total.bucket().granularity();
    if (size != Granularity.ALL) {
      for (Counters counter : Counters.values()) {
        put(byValue, counter.key(), total.measures()[counter.ordinal()]);
      }
    }
    if (size == Granularity.DAY || size == Granularity.ALL) {
      put(byValue, UniqueListeners.KEY, total.listeners());
    }
    if (epoch.isFirst()) {
      byValue.remove(0L);
    }
    return byValue;
  }

  private static void put(Map<Long, Map<String, Long>> byValue, String measure, long value) {
    byValue.computeIfAbsent(value, absent -> new HashMap<>()).put(measure, value);
  }
}
