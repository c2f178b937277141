package io.downbeat.stream.charts;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CassandraSink;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Charts into their table, each with the sum of its streams as write timestamp: of one chart at two
 * checkpoints the later one stays, whichever write comes last ({@link ChartEntry}).
 */
public final class CassandraCharts {
  private static final String UPDATE =
      "UPDATE charts USING TIMESTAMP ? SET top = ? WHERE scope = ? AND window = ? AND start = ?";
  private static final TupleType ENTRY = DataTypes.tupleOf(DataTypes.UUID, DataTypes.BIGINT);

  private CassandraCharts() {}

  public static void append(DataStream<Chart> charts, CassandraCluster cluster, Epoch epoch) {
    charts
        .sinkTo(new CassandraSink<>(cluster, session -> statements(session, epoch)))
        .name("write charts")
        .uid("write charts");
  }

  private static Function<Chart, List<BoundStatement>> statements(CqlSession session, Epoch epoch) {
    PreparedStatement update = session.prepare(UPDATE);
    return chart ->
        List.of(
            update.bind(
                epoch.timestamp(chart.streams()),
                entries(chart),
                chart.key().scope().toUuid(),
                chart.key().window().key(),
                Instant.ofEpochMilli(chart.key().start())));
  }

  private static List<TupleValue> entries(Chart chart) {
    return chart.entries().stream()
        .map(entry -> ENTRY.newValue(entry.track(), entry.streams()))
        .toList();
  }
}
