package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.Id;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CassandraCountsIT {
  private static final Instant HOUR = Instant.parse("2026-12-31T23:00:00Z");
  private static final Id TRACK = new Id(4, 1);

  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTables();

  private static CassandraCluster cluster() {
    return new CassandraCluster(
        "127.0.0.1:" + FRESH.cassandra().getPort(), FRESH.datacenter(), FRESH.keyspace());
  }

  private static void write(long epoch, Granularity granularity, long... measures)
      throws Exception {
    try (SinkWriter<Tally> writer = CassandraCounts.writer(cluster(), epoch)) {
      Bucket bucket = Bucket.of(CountedKind.TRACK, TRACK, granularity, HOUR.toEpochMilli() + 1_234);
      writer.write(new Tally(bucket, measures), null);
      writer.flush(false);
    }
  }

  private static Map<String, Long> read(String table, String bucket, Object start) {
    try (CqlSession session = cluster().connect()) {
      Row row =
          session
              .execute(
                  "SELECT measures FROM %s WHERE kind = 'track' AND id = ? AND %s = ?"
                      .formatted(table, bucket),
                  TRACK.toUuid(),
                  start)
              .one();
      return row == null ? Map.of() : row.getMap("measures", String.class, Long.class);
    }
  }

  @Test
  void lowerTotalWrittenLaterTakesNothingBackButALaterEpochDoes() throws Exception {
    write(1, Granularity.DAY, 10, 8, 500_000, 0);
    write(1, Granularity.DAY, 9, 7, 600_000, 0);
    LocalDate day = LocalDate.parse("2026-12-31");
    assertThat(read("counts_by_day", "day", day))
        .isEqualTo(Map.of("plays", 10L, "streams", 8L, "listened_millis", 600_000L));
    write(2, Granularity.DAY, 3, 0, 100_000, 1);
    assertThat(read("counts_by_day", "day", day))
        .isEqualTo(Map.of("plays", 3L, "streams", 0L, "listened_millis", 100_000L, "skips", 1L));
  }

  @Test
  void hourLiesInThePartitionOfItsYear() throws Exception {
    write(1, Granularity.HOUR, 1, 1, 40_000, 0);
    assertThat(read("counts_by_hour", "year = 2026 AND hour", HOUR))
        .isEqualTo(Map.of("plays", 1L, "streams", 1L, "listened_millis", 40_000L));
  }

  @Test
  void epochOutsideItsBitsIsRefused() {
    assertThatThrownBy(() -> new CassandraCounts(cluster(), 2_048))
        .hasMessage("The epoch is 2048, but lies between 1 and 2047");
  }
}
