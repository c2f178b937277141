package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.Id;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CassandraCountsIT {
  private static final Instant TIME = Instant.parse("2026-12-31T23:00:01.234Z");

  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTables();

  private static CassandraCluster cluster() {
    return new CassandraCluster(
        "127.0.0.1:" + FRESH.cassandra().getPort(), FRESH.datacenter(), FRESH.keyspace());
  }

  private static void write(long epoch, Tally... totals) throws Exception {
    try (SinkWriter<Tally[]> writer =
        CassandraCounts.sink(cluster(), new Epoch(epoch)).writer(new TestProcessingTimeService())) {
      writer.write(totals, null);
      writer.flush(false);
    }
  }

  private static Tally tally(Id track, Granularity granularity, long listeners, long... measures) {
    return new Tally(
        Bucket.of(CountedKind.TRACK, track, granularity, TIME.toEpochMilli()), measures, listeners);
  }

  private static Map<String, Long> read(Id track, String granularity, String start) {
    try (CqlSession session = cluster().connect()) {
      Row row =
          session
              .execute(
                  "SELECT measures FROM counts"
                      + " WHERE kind = 'track' AND id = ? AND granularity = ? AND start = ?",
                  track.toUuid(),
                  granularity,
                  Instant.parse(start))
              .one();
      return row == null ? Map.of() : row.getMap("measures", String.class, Long.class);
    }
  }

  @Test
  void lowerTotalWrittenLaterTakesNothingBackButALaterEpochDoes() throws Exception {
    Id track = new Id(4, 1);
    write(1, tally(track, Granularity.DAY, 4, 10, 8, 500_000, 0));
    write(1, tally(track, Granularity.DAY, 3, 9, 7, 600_000, 0));
    assertThat(read(track, "day", "2026-12-31T00:00:00Z"))
        .isEqualTo(
            Map.of("plays", 10L, "streams", 8L, "listened_millis", 600_000L, "listeners", 4L));
    write(2, tally(track, Granularity.DAY, 2, 3, 0, 100_000, 1));
    assertThat(read(track, "day", "2026-12-31T00:00:00Z"))
        .isEqualTo(
            Map.of(
                "plays",
                3L,
                "streams",
                0L,
                "listened_millis",
                100_000L,
                "skips",
                1L,
                "listeners",
                2L));
  }

  @Test
  void hoursAndDaysOfAThingAreWrittenTogether() throws Exception {
    Id track = new Id(4, 2);
    write(
        1,
        tally(track, Granularity.HOUR, 0, 1, 1, 40_000, 0),
        tally(track, Granularity.DAY, 1, 2, 1, 50_000, 1));
    assertThat(read(track, "hour", "2026-12-31T23:00:00Z"))
        .isEqualTo(Map.of("plays", 1L, "streams", 1L, "listened_millis", 40_000L));
    assertThat(read(track, "day", "2026-12-31T00:00:00Z"))
        .isEqualTo(
            Map.of(
                "plays",
                2L,
                "streams",
                1L,
                "listened_millis",
                50_000L,
                "skips",
                1L,
                "listeners",
                1L));
  }
}
