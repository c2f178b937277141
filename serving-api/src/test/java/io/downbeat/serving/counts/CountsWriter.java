package io.downbeat.serving.counts;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;

/** Puts rows into the counts tables, in the writer's stead. */
public final class CountsWriter implements AutoCloseable {
  private final CqlSession session;
  private final PreparedStatement hour;
  private final PreparedStatement day;

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
    hour =
        session.prepare(
            "UPDATE counts_by_hour SET measures = measures + ?"
                + " WHERE kind = ? AND id = ? AND year = ? AND hour = ?");
    day =
        session.prepare(
            "UPDATE counts_by_day SET measures = measures + ? WHERE kind = ? AND id = ? AND day = ?");
  }

  public void put(
      CountedKind kind, UUID id, Granularity granularity, Instant start, Map<String, Long> row) {
    LocalDate date = LocalDate.ofInstant(start, ZoneOffset.UTC);
    session.execute(
        switch (granularity) {
          case HOUR -> hour.bind(row, kind.key(), id, date.getYear(), start);
          case DAY -> day.bind(row, kind.key(), id, date);
        });
  }

  @Override
  public void close() {
    session.close();
  }
}
