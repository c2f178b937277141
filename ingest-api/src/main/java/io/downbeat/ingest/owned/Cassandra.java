package io.downbeat.ingest.owned;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.internal.core.session.throttling.ConcurrencyLimitingRequestThrottler;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of owned state, with one session for all of them. Reads at LOCAL_QUORUM or SERIAL;
 * writes at LOCAL_QUORUM, conditional ones by agreement of all regions (SERIAL) first. The servers
 * give each write its time, so that of a conditional write and a plain one the later stays.
 *
 * <p>A first connection is tried until there is one. Thread-safe; stages complete in bounded time,
 * on a thread that must not be blocked, and fail with what the driver says. A write that failed may
 * have happened.
 */
public final class Cassandra implements AutoCloseable {

  /**
   * @param contactPoint any node
   * @param timeout of one statement
   * @param inFlight most statements under way; four times as many may wait
   * @param retryPause before a first connection is tried again
   */
  public record Settings(
      InetSocketAddress contactPoint,
      String datacenter,
      String keyspace,
      Duration timeout,
      int inFlight,
      Duration retryPause) {}

  /** A statement, always the same text for the same statement: it is prepared once. */
  public record Write(String cql, List<@Nullable Object> values) {
    public static Write of(String cql, @Nullable Object... values) {
      return new Write(cql, Arrays.asList(values));
    }
  }

  /** There was no connection yet, so nothing was asked for. */
  static final class NotConnectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotConnectedException() {
      super("not connected to Cassandra yet", null, false, false);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Cassandra.class);

  private final Settings settings;
  private final ScheduledExecutorService connecting =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "cassandra-connect");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicReference<@Nullable String> lastFailure = new AtomicReference<>();
  private final Map<String, CompletionStage<PreparedStatement>> statements =
      new ConcurrentHashMap<>();
  private volatile @Nullable CqlSession session;

  private Cassandra(Settings settings) {
    this.settings = settings;
  }

  /** Connects in the background; until there is a connection, everything fails at once. */
  public static Cassandra connect(Settings settings) {
    Cassandra cassandra = new Cassandra(settings);
    cassandra.connecting.execute(cassandra::attempt);
    return cassandra;
  }

  /** All rows of a query, at LOCAL_QUORUM. */
  public CompletionStage<List<Row>> rows(String cql, @Nullable Object... values) {
    return bound(Write.of(cql, values))
        .thenCompose(statement -> execute(statement.setIdempotent(true)))
        .thenCompose(page -> collect(page, new ArrayList<>()));
  }

  /**
   * All rows of a query of one partition, at SERIAL: what a conditional write left half-done is
   * done or undone first.
   */
  public CompletionStage<List<Row>> serialRows(String cql, @Nullable Object... values) {
    return bound(Write.of(cql, values))
        .thenCompose(
            statement ->
                execute(
                    statement
                        .setConsistencyLevel(DefaultConsistencyLevel.SERIAL)
                        .setIdempotent(true)))
        .thenCompose(page -> collect(page, new ArrayList<>()));
  }

  /** Writes whatever there is. Writing it again must change nothing. */
  public CompletionStage<Void> write(Write write) {
    return bound(write)
        .thenCompose(statement -> execute(statement.setIdempotent(true)))
        .thenApply(done -> null);
  }

  /**
   * Writes all of it or nothing.
   *
   * @param writes to one partition of one table, one of them with a condition
   * @return whether the condition held
   */
  public CompletionStage<Boolean> writeIf(List<Write> writes) {
    List<CompletableFuture<BoundStatement>> statements =
        writes.stream().map(write -> bound(write).toCompletableFuture()).toList();
    return CompletableFuture.allOf(statements.toArray(CompletableFuture[]::new))
        .thenCompose(
            prepared -> {
              List<BoundStatement> all = statements.stream().map(CompletableFuture::join).toList();
              return execute(all.size() == 1 ? all.get(0) : together(all));
            })
        .thenApply(AsyncResultSet::wasApplied);
  }

  private static BatchStatement together(List<BoundStatement> statements) {
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    statements.forEach(batch::addStatement);
    return batch.build();
  }

  /** What keeps it from being used; null if nothing does. */
  public @Nullable String obstacle() {
    CqlSession connected = session;
    if (connected == null) {
      return "not connected to Cassandra yet";
    }
    boolean up =
        connected.getMetadata().getNodes().values().stream()
            .anyMatch(node -> node.getOpenConnections() > 0);
    return up ? null : "no connection to Cassandra";
  }

  @Override
  public void close() {
    connecting.shutdownNow();
    CqlSession connected = session;
    if (connected != null) {
      connected.close();
    }
  }

  private CompletionStage<BoundStatement> bound(Write write) {
    CqlSession connected = session;
    if (connected == null) {
      return CompletableFuture.failedFuture(new NotConnectedException());
    }
    CompletionStage<PreparedStatement> statement =
        statements.computeIfAbsent(write.cql(), connected::prepareAsync);
    return statement
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                statements.remove(write.cql(), statement);
              }
            })
        .thenApply(prepared -> prepared.bind(write.values().toArray()));
  }

  private CompletionStage<AsyncResultSet> execute(Statement<?> statement) {
    CqlSession connected = session;
    return connected == null
        ? CompletableFuture.failedFuture(new NotConnectedException())
        : connected.executeAsync(statement);
  }

  private static CompletionStage<List<Row>> collect(AsyncResultSet page, List<Row> rows) {
    page.currentPage().forEach(rows::add);
    return page.hasMorePages()
        ? page.fetchNextPage().thenCompose(next -> collect(next, rows))
        : CompletableFuture.completedFuture(rows);
  }

  private void attempt() {
    try {
      CqlSession opened = open();
      session = opened;
      if (connecting.isShutdown()) {
        opened.close();
      }
      LOG.info("Keeps owned state in keyspace {} of Cassandra", settings.keyspace());
    } catch (RuntimeException e) {
      tryAgain(e);
    }
  }

  private void tryAgain(RuntimeException failure) {
    if (connecting.isShutdown()) {
      return;
    }
    String kind = failure.getClass().getSimpleName();
    if (!kind.equals(lastFailure.getAndSet(kind))) {
      LOG.warn("Cannot connect to Cassandra at {}, keeps trying", settings.contactPoint(), failure);
    }
    connecting.schedule(this::attempt, settings.retryPause().toMillis(), TimeUnit.MILLISECONDS);
  }

  private CqlSession open() {
    return CqlSession.builder()
        .addContactPoint(settings.contactPoint())
        .withLocalDatacenter(settings.datacenter())
        .withKeyspace(CqlIdentifier.fromInternal(settings.keyspace()))
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.SESSION_NAME, "ingest-api")
                .withBoolean(DefaultDriverOption.RESOLVE_CONTACT_POINTS, false)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, settings.timeout())
                .withString(
                    DefaultDriverOption.REQUEST_CONSISTENCY, ConsistencyLevel.LOCAL_QUORUM.name())
                .withString(
                    DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, ConsistencyLevel.SERIAL.name())
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, false)
                .withClass(
                    DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS,
                    ServerSideTimestampGenerator.class)
                .withClass(
                    DefaultDriverOption.REQUEST_THROTTLER_CLASS,
                    ConcurrencyLimitingRequestThrottler.class)
                .withInt(
                    DefaultDriverOption.REQUEST_THROTTLER_MAX_CONCURRENT_REQUESTS,
                    settings.inFlight())
                .withInt(
                    DefaultDriverOption.REQUEST_THROTTLER_MAX_QUEUE_SIZE, 4 * settings.inFlight())
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
                .withDuration(DefaultDriverOption.HEARTBEAT_INTERVAL, Duration.ofSeconds(5))
                .withDuration(DefaultDriverOption.HEARTBEAT_TIMEOUT, Duration.ofSeconds(2))
                .withStringList(
                    DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                    List.of(settings.keyspace()))
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .build())
        .build();
  }
}
