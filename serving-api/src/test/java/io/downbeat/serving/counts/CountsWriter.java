package io.downbeat.serving.counts;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.downbeat.schemas.rules.ClosedTotal;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Puts rows into the table of counts, in the writer's stead. */
public final class CountsWriter implements AutoCloseable {
  private final CqlSession session;
  private final PreparedStatement add;

  public CountsWriter(InetSocketAddress cassandra, String datacenter, String keyspace) {
    session =
        CqlSession.builder()
            .addContactPoint(cassandra)
            .withLocalDatacenter(datacenter)
            .withKeyspace(keyspace)
            .withConfigLoader(
                DriverConfigLoader.programmaticBuilder()
                    .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                    .build())
            .build();
    add =
        session.prepare(
            "UPDATE counts SET measures = measures + ?"
                + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?");
  }

  public void put(
      CountedKind kind, UUID id, Granularity granularity, Instant start, Map<String, Long> row) {
    put(kind, id, granularity.key(), start, row);
  }

  public void putClosed(CountedKind kind, UUID id, Instant before, Map<String, Long> row) {
    put(kind, id, ClosedTotal.KEY, before, row);
  }

  private void put(
      CountedKind kind, UUID id, String granularity, Instant start, Map<String, Long> row) {
    session.execute(add.bind(row, kind.key(), id, granularity, start));
  }

  @Override
  public void close() {
    session.close();
  }
}
