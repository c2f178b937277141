package io.downbeat.serving.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

final class CassandraCountsStoreIT extends CountsStoreContract {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTables();
  private static final CassandraCountsStore STORE =
      CassandraCountsStore.connect(
          new CassandraCountsStore.Settings(
              FRESH.cassandra(),
              FRESH.datacenter(),
              FRESH.keyspace(),
              Duration.ofSeconds(10),
              256,
              Duration.ofMillis(100)),
          new SimpleMeterRegistry());
  private static final CountsWriter WRITER =
      new CountsWriter(FRESH.cassandra(), FRESH.datacenter(), FRESH.keyspace());

  @BeforeAll
  static void awaitConnection() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isConnected()) {
      assertThat(System.nanoTime()).as("connected before the deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void close() {
    WRITER.close();
    STORE.close();
  }

  @Override
  CountsStore store() {
    return STORE;
  }

  @Override
  void put(
      CountedKind kind, UUID of, Granularity granularity, Instant start, Map<String, Long> row) {
    WRITER.put(kind, of, granularity, start, row);
  }

  private static boolean isConnected() throws Exception {
    try {
      return STORE.look().toCompletableFuture().get(20, TimeUnit.SECONDS).equals(Optional.empty());
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(CountsUnavailableException.class);
      return false;
    }
  }
}
