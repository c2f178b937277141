package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.stream.io.CassandraCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamEpochIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTables();

  @Test
  void itIsTheFirstUntilARebuildMovesItOn() {
    CassandraCluster cluster =
        new CassandraCluster(
            "127.0.0.1:" + fresh.cassandra().getPort(), fresh.datacenter(), fresh.keyspace());
    assertThat(StreamEpoch.now(cluster)).isEqualTo(Epoch.FIRST);
    try (CqlSession session = cluster.connect()) {
      session.execute("INSERT INTO epochs (name, number) VALUES ('counts', 3) IF NOT EXISTS");
    }
    assertThat(StreamEpoch.now(cluster)).isEqualTo(Epoch.FIRST.afterRebuild());
  }
}
