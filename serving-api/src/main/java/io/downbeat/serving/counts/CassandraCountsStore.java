package io.downbeat.serving.counts;

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
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
 * The counts in Cassandra's table {@code counts}.
 *
 * <p>Reads at LOCAL_QUORUM, as the writer writes: what one reader has seen, no later one sees go
 * back. A first connection is tried until there is one; from then on the driver holds on to it by
 * itself.
 */
public final class CassandraCountsStore implements CountsStore, AutoCloseable {

  /**
   * @param contactPoint any node
   * @param timeout of one query; a whole read takes at most twice as long
   * @param inFlight most queries under way; four times as many may wait
   * @param retryPause before a first connection is tried again
   */
  public record Settings(
      InetSocketAddress contactPoint,
      String datacenter,
      String keyspace,
      Duration timeout,
      int inFlight,
      Duration retryPause) {}

  private static final Logger LOG = LoggerFactory.getLogger(CassandraCountsStore.class);
  private static final int PAGE_ROWS = 2_000;

  private static final String BUCKETS =
      "SELECT start, measures FROM counts"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start >= ? AND start < ?";
  private static final String ALL_DAYS =
      "SELECT measures FROM counts WHERE kind = ? AND id = ? AND granularity = 'day'";

  private record Connection(
      CqlSession session, PreparedStatement buckets, PreparedStatement allDays) {}

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
  private volatile @Nullable Connection connection;

  private CassandraCountsStore(Settings settings, MeterRegistry meters) {
    this.settings = settings;
    this.meters = meters;
  }

  /** Connects in the background; until there is a connection, every read fails at once. */
  public static CassandraCountsStore connect(Settings settings, MeterRegistry meters) {
    CassandraCountsStore store = new CassandraCountsStore(settings, meters);
    store.connecting.execute(store::attempt);
    return store;
  }

  @Override
  public CompletionStage<List<Bucket>> buckets(CountedKind kind, UUID id, Period period) {
    return read(
        connected ->
            fold(
                    connected
                        .session()
                        .executeAsync(
                            connected
                                .buckets()
                                .bind(
                                    kind.key(),
                                    id,
                                    period.granularity().key(),
                                    period.from(),
                                    period.to())),
                    new ArrayList<Bucket>(),
                    (buckets, row) -> {
                      buckets.add(
                          new Bucket(Objects.requireNonNull(row.getInstant(0)), measures(row, 1)));
                      return buckets;
                    })
                .thenApply(List::copyOf));
  }

  @Override
  public CompletionStage<Measures> total(CountedKind kind, UUID id) {
    return read(
        connected ->
            fold(
                connected.session().executeAsync(connected.allDays().bind(kind.key(), id)),
                Measures.ZERO,
                (sum, row) -> sum.plus(measures(row, 0))));
  }

  /** What keeps the counts from being read; empty if nothing does. Reads one row to know. */
  public CompletionStage<Optional<String>> look() {
    Instant start = Instant.EPOCH;
    Period day = new Period(Granularity.DAY, start, start.plus(Period.length(Granularity.DAY)));
    return buckets(CountedKind.EVERYTHING, CountedKind.EVERYTHING_ID, day)
        .thenApply(read -> Optional.empty());
  }

  @Override
  public void close() {
    connecting.shutdownNow();
    Connection connected = connection;
    if (connected != null) {
      connected.session().close();
    }
  }

  private static <T> CompletionStage<T> fold(
      CompletionStage<AsyncResultSet> page, T start, BiFunction<T, Row, T> add) {
    return page.thenCompose(
        rows -> {
          T result = start;
          for (Row row : rows.currentPage()) {
            result = add.apply(result, row);
          }
          return rows.hasMorePages()
              ? fold(rows.fetchNextPage(), result, add)
              : CompletableFuture.completedFuture(result);
        });
  }

  private static Measures measures(Row row, int column) {
    return Measures.of(Objects.requireNonNull(row.getMap(column, String.class, Long.class)));
  }

  private <T> CompletionStage<T> read(Function<Connection, CompletionStage<T>> query) {
    Connection connected = connection;
    if (connected == null) {
      return CompletableFuture.failedFuture(
          failed("unconnected", new CountsUnavailableException("not connected yet")));
    }
    return query
        .apply(connected)
        .toCompletableFuture()
        .orTimeout(settings.timeout().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unavailable(failure)));
  }

  private CountsUnavailableException unavailable(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof DriverTimeoutException || cause instanceof TimeoutException) {
      return failed(
          "timeout", new CountsUnavailableException("Cassandra did not answer in time", cause));
    }
    if (cause instanceof RequestThrottlingException) {
      return failed(
          "overloaded", new CountsUnavailableException("too many reads are under way", cause));
    }
    if (cause instanceof AllNodesFailedException) {
      return failed(
          "unavailable", new CountsUnavailableException("Cassandra cannot be reached", cause));
    }
    LOG.warn("Cannot read counts: {}", cause.toString());
    return failed("other", new CountsUnavailableException("Cassandra refused to answer", cause));
  }

  private CountsUnavailableException failed(String reason, CountsUnavailableException failure) {
    meters.counter("downbeat.counts.failures", "reason", reason).increment();
    return failure;
  }

  private void attempt() {
    CqlSession session = null;
    try {
      session = open();
      connection = new Connection(session, session.prepare(BUCKETS), session.prepare(ALL_DAYS));
      if (connecting.isShutdown()) {
        session.close();
      }
      LOG.info("Reads counts from keyspace {} of Cassandra", settings.keyspace());
    } catch (RuntimeException e) {
      if (session != null) {
        session.close();
      }
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
