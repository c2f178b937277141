package io.downbeat.bench.counting;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.UniqueListeners;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes absolute totals into the table of counts just as the job does: those of one thing in one
 * batch, measures of one value in one statement. Not thread-safe.
 */
final class CountsTable implements AutoCloseable {
  private static final int MOST_TOGETHER = 100;
  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures = measures + ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";

  private static final TypeCodec<Map<String, Long>> MEASURES =
      TypeCodecs.mapOf(TypeCodecs.TEXT, TypeCodecs.BIGINT);

  private record Thing(String kind, UUID id) {}

  private record Tally(Row row, long[] measures, long listeners) {}

  private final CqlSession session;
  private final PreparedStatement update;
  private final int mostInFlight;
  private final Semaphore free;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Map<Thing, List<Tally>> held = new HashMap<>();

  CountsTable(int port, String keyspace, int mostInFlight) {
    this.mostInFlight = mostInFlight;
    free = new Semaphore(mostInFlight);
    session = connect(port, keyspace);
    update = session.prepare(UPDATE);
  }

  static CqlSession connect(int port, String keyspace) {
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .withLocalDatacenter(Cassandra.DATACENTER)
        .withKeyspace(keyspace)
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                .withDuration(
                    DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
                .withBoolean(DefaultDriverOption.REQUEST_LOG_WARNINGS, false)
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .build())
        .build();
  }

  /** Held until the next flush. */
  void put(Row row, long[] measures, long listeners) throws InterruptedException {
    List<Tally> together =
        held.computeIfAbsent(new Thing(row.kind().key(), row.id()), absent -> new ArrayList<>());
    together.add(new Tally(row, measures, listeners));
    if (together.size() == MOST_TOGETHER) {
      write(together);
      together.clear();
    }
  }

  /** Sends all that is held, and returns when Cassandra has it. */
  void flush() throws InterruptedException {
    for (List<Tally> together : held.values()) {
      if (!together.isEmpty()) {
        write(together);
      }
    }
    held.clear();
    free.acquire(mostInFlight);
    free.release(mostInFlight);
    Throwable failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("Cannot write counts: " + failed.getMessage(), failed);
    }
  }

  private void write(List<Tally> together) throws InterruptedException {
    BatchStatementBuilder batch = new BatchStatementBuilder(DefaultBatchType.UNLOGGED);
    for (Tally tally : together) {
      Map<Long, Map<String, Long>> byValue = new HashMap<>();
      for (Counters counter : Counters.values()) {
        add(byValue, counter.key(), tally.measures()[counter.ordinal()]);
      }
      add(byValue, UniqueListeners.KEY, tally.listeners());
      byValue.forEach(
          (value, names) ->
              batch.addStatement(
                  update
                      .boundStatementBuilder()
                      .setLong(0, Epoch.FIRST.timestamp(value))
                      .set(1, names, MEASURES)
                      .setString(2, tally.row().kind().key())
                      .setUuid(3, tally.row().id())
                      .setString(4, tally.row().granularity().key())
                      .setInstant(5, Instant.ofEpochMilli(tally.row().start()))
                      .build()));
    }
    free.acquire();
    session
        .executeAsync(batch.setIdempotence(true).build())
        .whenComplete(
            (result, error) -> {
              if (error != null) {
                failure.compareAndSet(null, error);
              }
              free.release();
            });
  }

  private static void add(Map<Long, Map<String, Long>> byValue, String measure, long value) {
    if (value != 0) {
      byValue.computeIfAbsent(value, absent -> new HashMap<>()).put(measure, value);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
