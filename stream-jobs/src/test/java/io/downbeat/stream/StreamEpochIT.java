package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    StreamEpoch.move(cluster, Epoch.FIRST, new Epoch(3));
    assertThat(StreamEpoch.now(cluster)).isEqualTo(new Epoch(3));
    StreamEpoch.move(cluster, new Epoch(3), new Epoch(5));
    assertThat(StreamEpoch.now(cluster)).isEqualTo(new Epoch(5));
    assertThatThrownBy(() -> StreamEpoch.move(cluster, new Epoch(3), new Epoch(7)))
        .hasMessageContaining("from 3 to 7: it is 5");
    assertThat(StreamEpoch.now(cluster)).isEqualTo(new Epoch(5));
  }
}
