package io.downbeat.ingest.owned;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.OwnedTable.OutboxEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what changes have left in the outboxes of their partitions into the log: each event at
 * least once, of one topic key in the order of versions, and none before those of earlier versions.
 *
 * <p>Each change gives notice first, in a row of the minute, and is published by who made it. What
 * was left by processes that died is found by the notices of minutes that are over, which every
 * process sweeps. A notice would be swept too early only if its change stood still for more than
 * {@link #OVER} between the two; then the next change of the partition publishes it.
 *
 * <p>Thread-safe.
 */
public final class Outbox implements AutoCloseable {

  /** That a partition's outbox may hold events soon. */
  record Notice(Instant minute, int shard, UUID change) {}

  /** What one version of a partition has left in its outbox. */
  record Written(long version, List<OutboxEvent> events) {}

  /** A publication under way, and what came meanwhile. */
  private static final class Publishing {
    final List<Notice> notices = new ArrayList<>();
    final List<Written> written = new ArrayList<>();

    /** The outbox may hold more than what is written down here. */
    boolean more;
  }

  /** What is to be published now. */
  private record Turn(List<Notice> notices, List<Written> written, boolean more) {}

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int SHARDS = 8;
  private static final int MOST_PUBLISHING = 512;
  private static final int MOST_WRITTEN = 8;
  private static final int MOST_CLEARED = 100_000;
  private static final Duration OVER = Duration.ofMinutes(1);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Cassandra cassandra;
  private final Map<String, OwnedTable> tables;
  private final Clock clock;
  private final Counter published;
  private final Counter failed;
  private final Map<String, Function<UUID, CompletionStage<Void>>> resuming =
      new ConcurrentHashMap<>();
  private final Map<Partition, Publishing> publishing = new HashMap<>();

  /** Up to which version nothing is left in a partition's outbox, where that is known. */
  private final Cache<Partition, Long> cleared =
      Caffeine.newBuilder().maximumSize(MOST_CLEARED).executor(Runnable::run).build();

  private final ScheduledExecutorService sweeping =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "outbox-sweep");
            thread.setDaemon(true);
            return thread;
          });

  public Outbox(Cassandra cassandra, List<OwnedTable> tables, Clock clock, MeterRegistry meters) {
    this.cassandra = cassandra;
    this.tables = tables.stream().collect(Collectors.toMap(OwnedTable::name, Function.identity()));
    this.clock = clock;
    this.published = meters.counter("downbeat.outbox.published");
    this.failed = meters.counter("downbeat.outbox.failed");
    meters.gauge("downbeat.outbox.publishing", publishing, Map::size);
  }

  /**
   * Begins to sweep.
   *
   * @param resume by table: finishes the sequence of steps that the partition is in the middle of,
   *     if it is
   */
  public void start(Map<String, Function<UUID, CompletionStage<Void>>> resume) {
    resuming.putAll(resume);
    sweeping.scheduleWithFixedDelay(
        this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Sweeps no more; what is left is for the next process. */
  @Override
  public void close() {
    sweeping.shutdownNow();
  }

  /** Gives notice that the partition may change within the next seconds. */
  CompletionStage<Notice> notice(Partition partition) {
    Notice notice =
        new Notice(
            clock.instant().truncatedTo(ChronoUnit.MINUTES),
            ThreadLocalRandom.current().nextInt(SHARDS),
            Uuids.timeBased());
    return cassandra
        .write(
            Write.of(
                "INSERT INTO unpublished (minute, shard, change, owner, id) VALUES (?, ?, ?, ?, ?)",
                notice.minute(),
                notice.shard(),
                notice.change(),
                partition.table().name(),
                partition.id()))
        .thenApply(done -> notice);
  }

  /**
   * Publishes what the outbox holds, in the background. What cannot be published now is left to the
   * sweep.
   *
   * @param notice that the change had given; null if none
   * @param written by the change; null if that is not known
   */
  void publish(Partition partition, @Nullable Notice notice, @Nullable Written written) {
    synchronized (publishing) {
      Publishing under = publishing.get(partition);
      if (under == null && publishing.size() >= MOST_PUBLISHING) {
        return;
      }
      boolean first = under == null;
      Publishing now = under == null ? new Publishing() : under;
      if (notice != null) {
        now.notices.add(notice);
      }
      if (written == null || now.written.size() == MOST_WRITTEN) {
        now.more = true;
      } else {
        now.written.add(written);
      }
      if (!first) {
        return;
      }
      publishing.put(partition, now);
    }
    publishAll(partition);
  }

  private void publishAll(Partition partition) {
    Turn turn = next(partition);
    if (turn == null) {
      return;
    }
    publish(partition, turn)
        .thenCompose(done -> withdraw(turn.notices()))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                failed.increment();
                LOG.debug("Left to the sweep", failure);
              }
              publishAll(partition);
            });
  }

  private @Nullable Turn next(Partition partition) {
    synchronized (publishing) {
      Publishing under = Objects.requireNonNull(publishing.get(partition));
      if (under.written.isEmpty() && !under.more) {
        publishing.remove(partition);
        return null;
      }
      Turn turn = new Turn(List.copyOf(under.notices), List.copyOf(under.written), under.more);
      under.notices.clear();
      under.written.clear();
      under.more = false;
      return turn;
    }
  }

  /** Without a look at the outbox where it cannot hold anything else. */
  private CompletionStage<Void> publish(Partition partition, Turn turn) {
    CompletionStage<Void> published =
        isAll(partition, turn)
            ? publish(partition, turn.written().stream().flatMap(w -> w.events().stream()).toList())
            : drain(partition, "");
    return published.thenAccept(
        done ->
            turn.written().stream()
                .mapToLong(Written::version)
                .max()
                .ifPresent(version -> cleared.put(partition, version)));
  }

  private boolean isAll(Partition partition, Turn turn) {
    Long empty = cleared.getIfPresent(partition);
    long before = empty == null ? 0 : empty;
    for (Written written : turn.written()) {
      if (written.version() != ++before) {
        return false;
      }
    }
    return !turn.more();
  }

  /**
   * Publishes and clears until the outbox is empty.
   *
   * @param before up to and with which key it should be empty already
   */
  private CompletionStage<Void> drain(Partition partition, String before) {
    return cassandra
        .rows(partition.table().outbox(), partition.id())
        .thenApply(OutboxEvent::of)
        .thenCompose(
            events -> {
              if (events.isEmpty()) {
                return CompletableFuture.completedFuture(null);
              }
              if (events.get(0).key().compareTo(before) <= 0) {
                throw new IllegalStateException("An outbox cannot be cleared yet");
              }
              CompletionStage<Void> emptied = publish(partition, events);
              return events.size() < OwnedTable.MOST_EVENTS
                  ? emptied
                  : emptied.thenCompose(
                      done -> drain(partition, events.get(events.size() - 1).key()));
            });
  }

  /**
   * @param events all that the outbox holds up to the last of them
   */
  private CompletionStage<Void> publish(Partition partition, List<OutboxEvent> events) {
    if (events.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    OwnedTable table = partition.table();
    String last = events.get(events.size() - 1).key();
    return append(table, events, 0)
        .thenCompose(done -> cassandra.write(table.clear(partition.id(), last)));
  }

  /** Those of different topic keys together; of one key each after the one before is in the log. */
  private CompletionStage<Void> append(OwnedTable table, List<OutboxEvent> events, int from) {
    if (from == events.size()) {
      return CompletableFuture.completedFuture(null);
    }
    Set<UUID> keys = new HashSet<>();
    List<CompletableFuture<Void>> acknowledged = new ArrayList<>();
    int next = from;
    while (next < events.size() && keys.add(events.get(next).topicKey())) {
      OutboxEvent event = events.get(next++);
      CompletableFuture<Void> done = new CompletableFuture<>();
      table
          .events()
          .appendEncoded(
              event.topicKey(),
              event.value(),
              failure -> {
                if (failure == null) {
                  published.increment();
                  done.complete(null);
                } else {
                  done.completeExceptionally(failure);
                }
              });
      acknowledged.add(done);
    }
    int rest = next;
    return CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
        .thenCompose(done -> append(table, events, rest));
  }

  CompletionStage<Void> withdraw(Notice notice) {
    return withdraw(List.of(notice));
  }

  private CompletionStage<Void> withdraw(List<Notice> notices) {
    return CompletableFuture.allOf(
        notices.stream()
            .map(
                notice ->
                    cassandra
                        .write(
                            Write.of(
                                "DELETE FROM unpublished WHERE minute = ? AND shard = ? AND change = ?",
                                notice.minute(),
                                notice.shard(),
                                notice.change()))
                        .toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  private void sweep() {
    for (int shard = 0; shard < SHARDS && !sweeping.isShutdown(); shard++) {
      try {
        sweep(shard);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        failed.increment();
        LOG.debug("Cannot sweep shard {} now", shard, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void sweep(int shard) throws ExecutionException, InterruptedException, TimeoutException {
    Instant end = clock.instant().minus(OVER).truncatedTo(ChronoUnit.MINUTES);
    Optional<Instant> swept = sweptTo(shard);
    Instant begin = (swept.isPresent() ? swept : oldest(shard)).orElse(end);
    for (Instant minute = begin; minute.isBefore(end); minute = minute.plus(OVER)) {
      List<Row> notices =
          await(
              cassandra.rows(
                  "SELECT owner, id FROM unpublished WHERE minute = ? AND shard = ?",
                  minute,
                  shard));
      Set<Partition> partitions = new HashSet<>();
      for (Row row : notices) {
        OwnedTable table = tables.get(row.getString("owner"));
        UUID id = row.getUuid("id");
        if (table != null && id != null) {
          partitions.add(new Partition(table, id));
        }
      }
      for (Partition partition : partitions) {
        finish(partition);
      }
      if (!notices.isEmpty()) {
        LOG.info("Published what {} changes had left", notices.size());
        await(
            cassandra.write(
                Write.of("DELETE FROM unpublished WHERE minute = ? AND shard = ?", minute, shard)));
      }
    }
    if (swept.isEmpty() || begin.isBefore(end)) {
      await(
          cassandra.write(
              Write.of("INSERT INTO published (shard, minute) VALUES (?, ?)", shard, end)));
    }
  }

  /** What cannot be finished now gets a notice of now, so that it holds up nothing else. */
  private void finish(Partition partition)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      await(cassandra.serialRows(partition.table().version(), partition.id()));
      await(drain(partition, ""));
      await(
          resuming
              .getOrDefault(partition.table().name(), id -> CompletableFuture.completedFuture(null))
              .apply(partition.id()));
    } catch (ExecutionException | TimeoutException e) {
      failed.increment();
      LOG.warn(
          "Cannot publish a change of table {} yet: {}", partition.table().name(), e.toString());
      await(notice(partition));
    }
  }

  /** Up to which minute nothing is left; empty if none was ever swept. */
  private Optional<Instant> sweptTo(int shard)
      throws ExecutionException, InterruptedException, TimeoutException {
    return await(cassandra.rows("SELECT minute FROM published WHERE shard = ?", shard)).stream()
        .map(row -> Objects.requireNonNull(row.getInstant("minute")))
        .findFirst();
  }

  private Optional<Instant> oldest(int shard)
      throws ExecutionException, InterruptedException, TimeoutException {
    return await(cassandra.rows("SELECT DISTINCT minute, shard FROM unpublished")).stream()
        .filter(row -> row.getInt("shard") == shard)
        .map(row -> Objects.requireNonNull(row.getInstant("minute")))
        .min(Instant::compareTo);
  }

  private static <T> T await(CompletionStage<T> stage)
      throws ExecutionException, InterruptedException, TimeoutException {
    return stage.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }
}
