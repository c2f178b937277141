package io.downbeat.serving.counts;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.store.CassandraReader;
import io.downbeat.serving.store.Readers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;

final class CassandraCountsStoreIT extends CountsStoreContract {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTables();
  private static final CassandraReader READER = Readers.connected(FRESH);
  private static final CassandraCountsStore STORE =
      new CassandraCountsStore(READER, Readers.UNCACHED, new SimpleMeterRegistry());
  private static final CountsWriter WRITER =
      new CountsWriter(FRESH.cassandra(), FRESH.datacenter(), FRESH.keyspace());

  @AfterAll
  static void close() {
    WRITER.close();
    READER.close();
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

  @Override
  void putClosed(CountedKind kind, UUID of, Instant before, Map<String, Long> row) {
    WRITER.putClosed(kind, of, before, row);
  }
}
