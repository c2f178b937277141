package io.downbeat.serving.store;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.internal.core.session.throttling.ConcurrencyLimitingRequestThrottler;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads tables of views, with one session for all of them.
 *
 * <p>Reads at LOCAL_QUORUM, as the writers write: what one reader has seen, no later one sees go
 * back. A first connection is tried until there is one; from then on the driver holds on to it by
 * itself.
 *
 * <p>Thread-safe. Stages complete in bounded time, on a thread that must not be blocked; they fail
 * with {@link StoreUnavailableException}.
 */
public final class CassandraReader implements AutoCloseable {

  /**
   * @param contactPoint any node
   * @param timeout of one query; a whole read takes at most twice as long
   * @param inFlight most queries under way; four times as many may wait
   * @param retryPause before a first connection is tried again; up to four times as long later
   */
  public record Settings(
      InetSocketAddress contactPoint,
      String datacenter,
      String keyspace,
      Duration timeout,
      int inFlight,
      Duration retryPause) {}

  private static final Logger LOG = LoggerFactory.getLogger(CassandraReader.class);
  private static final int PAGE_ROWS = 2_000;

  /** Of the pause between first connections: each attempt takes a tenth of a second of CPU. */
  private static final int MOST_DOUBLINGS = 2;

  /** A partition that is never there, of a table that always is. */
  private static final String LOOK =
      "SELECT start FROM counts WHERE kind = '' AND id = 00000000-0000-0000-0000-000000000000";

  private final Settings settings;
  private final MeterRegistry meters;
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
  private int attempts;

  private CassandraReader(Settings settings, MeterRegistry meters) {
    this.settings = settings;
    this.meters = meters;
  }

  /** Connects in the background; until there is a connection, every read fails at once. */
  public static CassandraReader connect(Settings settings, MeterRegistry meters) {
    CassandraReader reader = new CassandraReader(settings, meters);
    reader.connecting.execute(reader::attempt);
    return reader;
  }

  /**
   * All rows of a query, page after page, added up in their order.
   *
   * @param cql always the same for the same query: it is prepared once
   */
  public <T> CompletionStage<T> fold(
      String cql, List<Object> values, T start, BiFunction<T, Row, T> add) {
    CqlSession connected = session;
    if (connected == null) {
      return CompletableFuture.failedFuture(
          failed("unconnected", new StoreUnavailableException("not connected yet")));
    }
    return prepared(connected, cql)
        .thenCompose(prepared -> connected.executeAsync(prepared.bind(values.toArray())))
        .thenCompose(page -> fold(page, start, add))
        .toCompletableFuture()
        .orTimeout(settings.timeout().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unavailable(failure)));
  }

  /** The driver itself forgets a statement that nobody holds. */
  private CompletionStage<PreparedStatement> prepared(CqlSession connected, String cql) {
    CompletionStage<PreparedStatement> statement =
        statements.computeIfAbsent(cql, connected::prepareAsync);
    return statement.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            statements.remove(cql, statement);
          }
        });
  }

  /** All rows of a query, in their order. */
  public <T> CompletionStage<List<T>> rows(String cql, List<Object> values, Function<Row, T> of) {
    return fold(
            cql,
            values,
            new ArrayList<T>(),
            (rows, row) -> {
              rows.add(of.apply(row));
              return rows;
            })
        .thenApply(List::copyOf);
  }

  /** What keeps views from being read; empty if nothing does. Reads one partition to know. */
  public CompletionStage<Optional<String>> look() {
    return fold(LOOK, List.of(), Optional.empty(), (nothing, row) -> nothing);
  }

  @Override
  public void close() {
    connecting.shutdownNow();
    CqlSession connected = session;
    if (connected != null) {
      connected.close();
    }
  }

  private static <T> CompletionStage<T> fold(
      AsyncResultSet page, T start, BiFunction<T, Row, T> add) {
    T result = start;
    for (Row row : page.currentPage()) {
      result = add.apply(result, row);
    }
    T sum = result;
    return page.hasMorePages()
        ? page.fetchNextPage().thenCompose(next -> fold(next, sum, add))
        : CompletableFuture.completedFuture(sum);
  }

  private StoreUnavailableException unavailable(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof DriverTimeoutException || cause instanceof TimeoutException) {
      return failed(
          "timeout", new StoreUnavailableException("Cassandra did not answer in time", cause));
    }
    if (cause instanceof RequestThrottlingException) {
      return failed(
          "overloaded", new StoreUnavailableException("too many reads are under way", cause));
    }
    if (cause instanceof AllNodesFailedException) {
      return failed(
          "unavailable", new StoreUnavailableException("Cassandra cannot be reached", cause));
    }
    LOG.warn("Cannot read a view: {}", cause.toString());
    return failed("other", new StoreUnavailableException("Cassandra refused to answer", cause));
  }

  private StoreUnavailableException failed(String reason, StoreUnavailableException failure) {
    meters.counter("downbeat.cassandra.failures", "reason", reason).increment();
    return failure;
  }

  private void attempt() {
    try {
      CqlSession opened = open();
      session = opened;
      if (connecting.isShutdown()) {
        opened.close();
      }
      LOG.info("Reads from keyspace {} of Cassandra", settings.keyspace());
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
    long pause = settings.retryPause().toMillis() << Math.min(attempts++, MOST_DOUBLINGS);
    connecting.schedule(this::attempt, pause, TimeUnit.MILLISECONDS);
  }

  private CqlSession open() {
    return CqlSession.builder()
        .addContactPoint(settings.contactPoint())
        .withLocalDatacenter(settings.datacenter())
        .withKeyspace(CqlIdentifier.fromInternal(settings.keyspace()))
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.SESSION_NAME, "serving-api")
                .withBoolean(DefaultDriverOption.RESOLVE_CONTACT_POINTS, false)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, settings.timeout())
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                .withInt(DefaultDriverOption.REQUEST_PAGE_SIZE, PAGE_ROWS)
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
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .build())
        .build();
  }
}
