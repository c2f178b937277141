package io.downbeat.ingest.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.ingest.LogReader;
import io.downbeat.ingest.log.Log;
import io.downbeat.ingest.log.LogWatch;
import io.downbeat.ingest.log.SchemaIds;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.ingest.owned.Cassandra;
import io.downbeat.ingest.owned.Outbox;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The libraries of an installation, as one process of ingest-api has them. */
final class OwnLibrary implements AutoCloseable {
  private final Fresh fresh;
  private final Topic<LibraryChange> topic;
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final Log log;
  private final LogWatch watch;
  private final Cassandra cassandra;
  private final Outbox outbox;
  final TopicWriter<LibraryChange> events;
  final LibraryStore store;
  final CqlSession session;

  /**
   * @param contactPoint of Cassandra
   * @param time of notices, and of the sweep
   */
  OwnLibrary(Fresh fresh, InetSocketAddress contactPoint, Clock time) throws Exception {
    this.fresh = fresh;
    topic = Topics.LIBRARY_CHANGES.withPrefix(fresh.topicPrefix());
    log =
        new Log(
            Log.producer(
                fresh.bootstrapServers(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofMillis(5),
                1 << 20),
            new SimpleMeterRegistry(),
            e -> {
              throw new AssertionError(e);
            });
    watch = new LogWatch(fresh.bootstrapServers(), log, List.of(topic.name()));
    watch.start();
    cassandra =
        Cassandra.connect(
            new Cassandra.Settings(
                contactPoint,
                fresh.datacenter(),
                fresh.keyspace(),
                Duration.ofSeconds(2),
                256,
                Duration.ofSeconds(1)));
    int schemaId = new SchemaIds(fresh.registryUrl().toString(), Duration.ofSeconds(30)).of(topic);
    events = new TopicWriter<>(log, topic, schemaId);
    OwnedTable table = new OwnedTable("library", "user_id", events);
    outbox = new Outbox(cassandra, List.of(table), time, new SimpleMeterRegistry());
    store = new LibraryStore(new OwnedState(cassandra, outbox, executor), table, Clock.systemUTC());
    session =
        CqlSession.builder()
            .addContactPoint(fresh.cassandra())
            .withLocalDatacenter(fresh.datacenter())
            .withKeyspace(fresh.keyspace())
            .build();
    until("connected", () -> cassandra.obstacle() == null && watch.obstacle() == null);
  }

  OwnLibrary(Fresh fresh) throws Exception {
    this(fresh, fresh.cassandra(), Clock.systemUTC());
  }

  OwnLibrary sweeping() {
    outbox.start(Map.of());
    return this;
  }

  List<UUID> section(UUID user, String name) {
    return session
        .execute(
            "SELECT item_id FROM library WHERE user_id = %s AND section = '%s'"
                .formatted(user, name))
        .map(row -> row.getUuid("item_id"))
        .all();
  }

  long version(UUID user) {
    return session
        .execute(
            "SELECT version FROM library WHERE user_id = %s AND section = '' AND key = ''"
                .formatted(user))
        .one()
        .getLong("version");
  }

  Map<String, Integer> sizes(UUID user) {
    return session
        .execute(
            "SELECT sizes FROM library WHERE user_id = %s AND section = '' AND key = ''"
                .formatted(user))
        .one()
        .getMap("sizes", String.class, Integer.class);
  }

  void awaitPublished(UUID user) {
    until("an empty outbox", () -> section(user, "outbox").isEmpty());
    until("no notice left", () -> session.execute("SELECT id FROM unpublished").all().isEmpty());
  }

  List<LibraryChange> published(UUID user) {
    return new LogReader<>(fresh.bootstrapServers(), fresh.registryUrl().toString(), topic)
        .all().stream()
            .map(LogReader.Entry::value)
            .filter(event -> event.getUserId().equals(user))
            .toList();
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not %s in 90 s", what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Override
  public void close() {
    session.close();
    outbox.close();
    log.close(Duration.ofSeconds(1));
    watch.close();
    cassandra.close();
    executor.shutdownNow();
  }
}
