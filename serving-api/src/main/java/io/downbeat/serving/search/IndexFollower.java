package io.downbeat.serving.search;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import io.downbeat.serving.catalog.KafkaCatalogStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index at what the log says of artists, albums, tracks and their popularity.
 *
 * <p>A record of the log only says whose entry has changed: the entry itself is made of this
 * process's copy of the catalogue, which by then has that record too. So copy and index agree
 * whichever of them a crash has thrown back: the index goes on from the positions in its last
 * commit, and makes the same entries once more.
 *
 * <p>Where there is no index, or one that is too old to be told of all that was withdrawn since, it
 * is built from the copy, beside the old one, which answers meanwhile. Thread-safe.
 */
public final class IndexFollower implements AutoCloseable {

  /**
   * @param dir of this process alone
   * @param refresh after which a change is seen at the latest
   * @param commit after which a change is durable at the latest
   * @param retryPause after a failure
   * @param threads that make entries
   */
  public record Settings(
      String bootstrapServers,
      String topicPrefix,
      Path dir,
      Duration refresh,
      Duration commit,
      Duration retryPause,
      int threads) {}

  private static final Logger LOG = LoggerFactory.getLogger(IndexFollower.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int ID_BYTES = 16;
  private static final Duration CLOSE = Duration.ofSeconds(10);

  /** Well before the log forgets what was withdrawn. */
  private static final Duration OLDEST = Topics.TOMBSTONES_KEPT.dividedBy(2);

  private static final List<Topic<?>> FOLLOWED =
      List.of(Topics.ARTISTS, Topics.ALBUMS, Topics.TRACKS, Topics.POPULARITY);

  /** A change of these is seen in the entries of others. */
  private static final List<Topic<?>> SHOWN_WITH_OTHERS = List.of(Topics.ARTISTS, Topics.ALBUMS);

  private final Settings settings;
  private final KafkaCatalogStore catalog;
  private final IndexDirectory directory;
  private final Indexing indexing;
  private final Clock clock;
  private final Counter changes;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread following = new Thread(this::follow, "search-follow");

  private volatile @Nullable SearchIndex index;
  private volatile @Nullable String obstacle = "not opened yet";

  /** Up to where the log is in the index, committed or not. */
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  private IndexFollower(
      Settings settings, KafkaCatalogStore catalog, Clock clock, MeterRegistry meters) {
    this.settings = settings;
    this.catalog = catalog;
    this.directory = new IndexDirectory(settings.dir());
    this.indexing = new Indexing(new Entries(catalog), settings.threads());
    this.clock = clock;
    this.changes =
        Counter.builder("downbeat.search.changes")
            .description("Entries of the index that were made anew, after it was built")
            .register(meters);
    Gauge.builder("downbeat.search.things", this, IndexFollower::things)
        .description("Artists, albums and tracks that can be found")
        .register(meters);
    Gauge.builder("downbeat.search.segments", this, IndexFollower::segments)
        .description("Parts of the index, in each of which a query looks up its words")
        .register(meters);
  }

  /** Opens or builds the index in the background; until it is there, {@link #obstacle} says so. */
  public static IndexFollower follow(
      Settings settings, KafkaCatalogStore catalog, Clock clock, MeterRegistry meters) {
    IndexFollower follower = new IndexFollower(settings, catalog, clock, meters);
    follower.following.setDaemon(true);
    follower.following.start();
    return follower;
  }

  /** What keeps the index from being whole or from following the log; empty if nothing does. */
  public Optional<String> obstacle() {
    long made = indexing.made();
    return Optional.ofNullable(obstacle)
        .map(
            reason ->
                made > 0
                    ? "is being built, %,d of about %,d things".formatted(made, catalog.things())
                    : reason);
  }

  /**
   * Reads the index as it was at most the refresh interval ago.
   *
   * @throws NotReadyException until there is one
   */
  <T> T read(SearchIndex.Read<T> read) throws NotReadyException, IOException {
    for (int attempt = 0; ; attempt++) {
      SearchIndex current = index;
      if (current == null) {
        throw new NotReadyException("the index " + obstacle().orElse("is being opened again"));
      }
      try {
        return current.read(read);
      } catch (AlreadyClosedException e) {
        if (attempt > 0) {
          throw new NotReadyException("the index is being opened again", e);
        }
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      following.join(CLOSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    indexing.close();
  }

  private double things() {
    SearchIndex current = index;
    return current == null ? 0 : current.things();
  }

  private double segments() {
    SearchIndex current = index;
    try {
      return current == null ? 0 : current.read(IndexFollower::segments);
    } catch (IOException | AlreadyClosedException e) {
      return 0;
    }
  }

  private static int segments(IndexSearcher searcher) {
    return searcher.getIndexReader().leaves().size();
  }

  private void follow() {
    while (isOpen()) {
      try {
        run();
      } catch (NotReadyException e) {
        wait("waits for the catalogue: " + e.getMessage(), null);
      } catch (KafkaException e) {
        wait("cannot follow the log: " + e.getMessage(), e);
      } catch (IOException | RuntimeException e) {
        leave(index);
        index = null;
        wait("cannot be kept: " + e, e);
      } catch (InterruptedException e) {
        closed.countDown();
      }
    }
    SearchIndex last = index;
    if (last != null) {
      commit(last);
    }
    leave(last);
    index = null;
  }

  private void wait(String reason, @Nullable Exception cause) {
    if (!reason.equals(obstacle)) {
      LOG.warn("The search index {}; keeps trying", reason, cause);
    }
    obstacle = reason;
    try {
      closed.await(settings.retryPause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
    }
  }

  private void run() throws NotReadyException, IOException, InterruptedException {
    catalog.requireLoaded();
    try (KafkaConsumer<byte[], Void> consumer = consumer()) {
      List<TopicPartition> partitions =
          FOLLOWED.stream()
              .map(topic -> topic.withPrefix(settings.topicPrefix()).name())
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      if (index == null) {
        open();
      }
      if (index == null || !isWithin(consumer.beginningOffsets(partitions), ends)) {
        build(partitions);
      }
      partitions.forEach(each -> consumer.seek(each, positions.getOrDefault(each, 0L)));
      follow(consumer, ends);
    }
  }

  /** The index of an earlier run, if it is one to go on with. */
  private void open() throws IOException {
    Optional<SearchIndex.Commit> commit = directory.lastCommit();
    if (commit.isEmpty()) {
      return;
    }
    index = SearchIndex.open(directory.current());
    positions.clear();
    if (commit.get().at().plus(OLDEST).isAfter(clock.instant())) {
      positions.putAll(commit.get().positions());
    }
  }

  /** Whether the log still has, and already has, all that is to come. */
  private boolean isWithin(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(
            end -> {
              Long next = positions.get(end.getKey());
              return next != null
                  && next >= begins.getOrDefault(end.getKey(), 0L)
                  && next <= end.getValue();
            });
  }

  private void build(List<TopicPartition> partitions)
      throws NotReadyException, IOException, InterruptedException {
    Instant start = clock.instant();
    LOG.info("Builds the search index of about {} things", catalog.things());
    Map<TopicPartition, Long> from = new HashMap<>(catalog.positions());
    from.keySet().retainAll(partitions);
    try (SearchIndex built = SearchIndex.openToBuild(directory.emptyBeside())) {
      indexing.addAll(built, closed);
      if (!isOpen()) {
        return;
      }
      built.commit(from, start);
      LOG.info(
          "The search index has {} things, built in {} s",
          built.things(),
          Duration.between(start, clock.instant()).toSeconds());
    }
    SearchIndex before = index;
    SearchIndex next = SearchIndex.open(directory.takeBeside());
    index = next;
    next.merge();
    leave(before);
    directory.deleteFormer();
    positions.clear();
    positions.putAll(from);
  }

  private void follow(KafkaConsumer<byte[], Void> consumer, Map<TopicPartition, Long> ends)
      throws NotReadyException, IOException, InterruptedException {
    SearchIndex current = index;
    if (current == null) {
      return;
    }
    long refreshed = System.nanoTime();
    long committed = refreshed;
    while (isOpen()) {
      Set<UUID> changed = new LinkedHashSet<>();
      Set<UUID> shownWithOthers = new LinkedHashSet<>();
      for (ConsumerRecord<byte[], Void> record : consumer.poll(POLL)) {
        if (record.key() != null && record.key().length == ID_BYTES) {
          UUID id = Uuids.fromBytes(record.key());
          changed.add(id);
          if (isShownWithOthers(record.topic())) {
            shownWithOthers.add(id);
          }
        }
      }
      Map<TopicPartition, Long> read = positionsOf(consumer);
      if (!changed.isEmpty()) {
        awaitCopy(read);
        if (!shownWithOthers.isEmpty()) {
          current.refresh();
          changed.addAll(current.read(searcher -> Entry.shownWith(searcher, shownWithOthers)));
        }
        indexing.putAll(current, new ArrayList<>(changed));
        changes.increment(changed.size());
      }
      positions.putAll(read);
      if (hasPassed(settings.refresh(), refreshed)) {
        current.refresh();
        refreshed = System.nanoTime();
      }
      if (obstacle != null && hasReached(ends)) {
        current.refresh();
        obstacle = null;
      }
      if (hasPassed(settings.commit(), committed)) {
        current.commit(positions, clock.instant());
        committed = System.nanoTime();
      }
    }
  }

  private boolean isShownWithOthers(String topic) {
    return SHOWN_WITH_OTHERS.stream()
        .anyMatch(each -> each.withPrefix(settings.topicPrefix()).name().equals(topic));
  }

  private boolean hasReached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  private static boolean hasPassed(Duration interval, long since) {
    return System.nanoTime() - since >= interval.toNanos();
  }

  private static Map<TopicPartition, Long> positionsOf(KafkaConsumer<?, ?> consumer) {
    return consumer.assignment().stream()
        .collect(Collectors.toMap(each -> each, consumer::position));
  }

  /** The copy reads the same log by itself; it is never far. */
  private void awaitCopy(Map<TopicPartition, Long> read)
      throws NotReadyException, InterruptedException {
    while (!hasAll(catalog.positions(), read)) {
      catalog.requireLoaded();
      if (closed.await(2, TimeUnit.MILLISECONDS)) {
        throw new InterruptedException("closed");
      }
    }
  }

  private static boolean hasAll(Map<TopicPartition, Long> copied, Map<TopicPartition, Long> read) {
    return read.entrySet().stream()
        .allMatch(each -> copied.getOrDefault(each.getKey(), 0L) >= each.getValue());
  }

  private void commit(SearchIndex last) {
    try {
      last.commit(positions, clock.instant());
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot commit the search index; the next start makes good for it", e);
    }
  }

  private static void leave(@Nullable SearchIndex former) {
    if (former != null) {
      try {
        former.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("Cannot close the search index", e);
      }
    }
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private KafkaConsumer<byte[], Void> consumer() {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            settings.bootstrapServers(),
            "client.id",
            "serving-api-search",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "none",
            "max.poll.records",
            5_000,
            "reconnect.backoff.max.ms",
            1_000L,
            "request.timeout.ms",
            10_000,
            "default.api.timeout.ms",
            10_000,
            "metric.reporters",
            "",
            "enable.metrics.push",
            false);
    Deserializer<Void> nothing = (topic, bytes) -> null;
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), nothing);
  }
}
