package io.downbeat.serving.catalog;

import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's own copy of the topics artists, albums, tracks and popularity, followed by Kafka
 * Streams into RocksDB on the local disk.
 *
 * <p>The copy lags the log by milliseconds. A restart, after a kill too, goes on from the last
 * checkpoint. While the broker is away, what is here is read on; if following ends for whatever
 * reason, it is begun again until it works, and from the log's beginning if the copy on disk is
 * damaged. Thread-safe.
 */
public final class KafkaCatalogStore implements CatalogStore, AutoCloseable {

  /**
   * @param topicPrefix in front of every topic's name
   * @param stateDir of this process alone
   * @param retryPause before following is begun again
   */
  public record Settings(
      String bootstrapServers,
      String topicPrefix,
      URI schemaRegistry,
      Path stateDir,
      Duration retryPause) {}

  private static final Logger LOG = LoggerFactory.getLogger(KafkaCatalogStore.class);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final Settings settings;
  private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
  private final RestoreProgress progress = new RestoreProgress(positions);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread following = new Thread(this::follow, "catalog-follow");
  private final Things<Artist> artists;
  private final Things<Album> albums;
  private final Things<Track> tracks;
  private final Things<Popularity> popularity;

  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable String obstacle = "not loaded yet";
  private volatile @Nullable String registryObstacle;

  private KafkaCatalogStore(Settings settings, MeterRegistry meters) {
    this.settings = settings;
    WrittenSchemas schemas =
        new WrittenSchemas(settings.schemaRegistry(), settings.stateDir().resolve("schemas"));
    this.artists = new Things<>(Topics.ARTISTS, Artist::getArtistId, schemas, meters);
    this.albums = new Things<>(Topics.ALBUMS, Album::getAlbumId, schemas, meters);
    this.tracks = new Things<>(Topics.TRACKS, Track::getTrackId, schemas, meters);
    this.popularity = new Things<>(Topics.POPULARITY, Popularity::getId, schemas, meters);
    Gauge.builder("downbeat.catalog.restore.remaining", progress, RestoreProgress::remaining)
        .description("Records of the log that a copy being loaded still lacks")
        .register(meters);
  }

  /** Loads the copy in the background; until it is whole, {@link #obstacle} says so. */
  public static KafkaCatalogStore follow(Settings settings, MeterRegistry meters) {
    KafkaCatalogStore store = new KafkaCatalogStore(settings, meters);
    store.following.setDaemon(true);
    store.following.start();
    return store;
  }

  @Override
  public Optional<Track> findTrack(UUID id) throws NotReadyException {
    return tracks.find(id);
  }

  @Override
  public Optional<Album> findAlbum(UUID id) throws NotReadyException {
    return albums.find(id);
  }

  @Override
  public Optional<Artist> findArtist(UUID id) throws NotReadyException {
    return artists.find(id);
  }

  @Override
  public float popularity(UUID id) throws NotReadyException {
    return popularity.find(id).map(Popularity::getLog2Streams).orElse(0f);
  }

  @Override
  public <V extends SpecificRecord> List<V> after(Topic<V> topic, @Nullable UUID after, int limit)
      throws NotReadyException {
    return of(topic).after(after, limit);
  }

  @SuppressWarnings("unchecked") // a Topic<V> is that of the things
  private <V extends SpecificRecord> Things<V> of(Topic<V> topic) {
    return everything().stream()
        .filter(things -> things.topic.equals(topic))
        .map(things -> (Things<V>) things)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Does not follow " + topic.name()));
  }

  /**
   * @throws NotReadyException if the copy cannot be read at the moment
   */
  public void requireLoaded() throws NotReadyException {
    for (Things<?> things : everything()) {
      things.opened();
    }
  }

  /** Artists, albums and tracks, estimated. */
  public long things() {
    return (long) (artists.size() + albums.size() + tracks.size());
  }

  /** By partition of the followed topics, the next record that is not in the copy. */
  public Map<TopicPartition, Long> positions() {
    return Map.copyOf(positions);
  }

  /** What keeps the copy from being whole or from following the log; empty if nothing does. */
  public Optional<String> obstacle() {
    String registry = registryObstacle;
    return Optional.ofNullable(registry != null ? registry : loading());
  }

  @Override
  public void close() {
    closed.countDown();
    KafkaStreams current = streams;
    if (current != null) {
      current.close(CLOSE);
    }
    try {
      following.join(CLOSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable String loading() {
    long remaining = progress.remaining();
    return obstacle != null && remaining > 0
        ? "is being loaded, %,d records of a partition to go".formatted(remaining)
        : obstacle;
  }

  private void follow() {
    while (isOpen()) {
      KafkaStreams attempt = null;
      Throwable failure = null;
      try {
        attempt = new KafkaStreams(topology(), new StreamsConfig(properties()));
        failure = run(attempt);
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        everything().forEach(Things::close);
      }
      if (attempt != null) {
        attempt.close(CLOSE);
      }
      if (isOpen()) {
        beginAgain(attempt, failure);
      }
    }
  }

  /** Returns when it ends, with the reason if it is known. */
  private @Nullable Throwable run(KafkaStreams attempt) {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    attempt.setStateListener(
        (now, before) -> {
          if (now.hasCompletedShutdown()) {
            ended.countDown();
          }
        });
    attempt.setUncaughtExceptionHandler(
        e -> {
          failure.set(e);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    attempt.setGlobalStateRestoreListener(progress);
    streams = attempt;
    if (!isOpen()) {
      return null;
    }
    long start = System.nanoTime();
    attempt.start(); // Returns when the copy is whole.
    everything().forEach(things -> things.open(attempt));
    obstacle = null;
    LOG.info("The catalogue is loaded, in {} ms", (System.nanoTime() - start) / 1_000_000);
    try {
      ended.await();
    } catch (InterruptedException e) {
      closed.countDown();
    }
    return failure.get();
  }

  private void beginAgain(@Nullable KafkaStreams attempt, @Nullable Throwable failure) {
    String before = obstacle;
    String now = "cannot follow the log: " + rootMessage(failure);
    obstacle = now;
    if (attempt != null && isDamaged(failure)) {
      LOG.warn("The copy of the catalogue is damaged; it is made again from the log", failure);
      cleanUp(attempt);
    } else if (!now.equals(before)) {
      LOG.warn("The catalogue {}; keeps trying", now, failure);
    }
    try {
      closed.await(settings.retryPause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
    }
  }

  private static void cleanUp(KafkaStreams attempt) {
    try {
      attempt.cleanUp();
    } catch (RuntimeException e) {
      LOG.warn("Cannot delete the damaged copy of the catalogue", e);
    }
  }

  private static boolean isDamaged(@Nullable Throwable failure) {
    return Stream.iterate(failure, e -> e != null, e -> e == null ? null : e.getCause())
        .anyMatch(ProcessorStateException.class::isInstance);
  }

  private static String rootMessage(@Nullable Throwable failure) {
    return Stream.iterate(failure, e -> e != null, e -> e == null ? null : e.getCause())
        .reduce((above, below) -> below)
        .map(root -> root.getClass().getSimpleName() + ": " + root.getMessage())
        .orElse("ended");
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private List<Things<?>> everything() {
    return List.of(artists, albums, tracks, popularity);
  }

  private Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    everything().forEach(things -> things.addTo(builder));
    return builder.build();
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.topicPrefix() + "serving-api");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocksDb.class);
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    // A kill costs what came since: at most so long, or ten thousand records.
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 10_000);
    properties.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, 60_000);
    properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    properties.put(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    properties.put(StreamsConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    properties.put(
        StreamsConfig.consumerPrefix(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG), 10_000);
    properties.put(
        StreamsConfig.consumerPrefix(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG), 10_000);
    return properties;
  }

  /** The copy of one topic. */
  private final class Things<V extends SpecificRecord> {
    private final Topic<V> topic;
    private final Function<V, UUID> id;
    private final AvroWireCodec<V> arriving;
    private final AvroWireCodec<V> kept;
    private final Counter skipped;
    private volatile @Nullable ReadOnlyKeyValueStore<Bytes, byte[]> store;

    Things(Topic<V> topic, Function<V, UUID> id, WrittenSchemas schemas, MeterRegistry meters) {
      this.topic = topic;
      this.id = id;
      this.arriving = new AvroWireCodec<>(topic.valueType(), schemas::ofArriving);
      this.kept = new AvroWireCodec<>(topic.valueType(), schemas::ofKept);
      this.skipped =
          Counter.builder("downbeat.catalog.skipped")
              .description("Records of the log that could not be used")
              .tag("topic", topic.name())
              .register(meters);
      Gauge.builder("downbeat.catalog.things", this, Things::size)
          .description("Things in this process's copy, estimated")
          .tag("topic", topic.name())
          .register(meters);
    }

    void addTo(StreamsBuilder builder) {
      KeepNewest.Waiting waiting =
          new KeepNewest.Waiting(
              settings.retryPause(), closed, waitsFor -> registryObstacle = waitsFor);
      builder.addGlobalStore(
          Stores.keyValueStoreBuilder(
                  Stores.persistentKeyValueStore(topic.name()), Serdes.Bytes(), Serdes.ByteArray())
              .withCachingDisabled()
              .withLoggingDisabled(),
          topic.withPrefix(settings.topicPrefix()).name(),
          Consumed.with(Serdes.Bytes(), Serdes.ByteArray()),
          () -> new KeepNewest<>(topic.name(), arriving, id, skipped, waiting, positions));
    }

    void open(KafkaStreams running) {
      store =
          running.store(
              StoreQueryParameters.fromNameAndType(
                  topic.name(), QueryableStoreTypes.<Bytes, byte[]>keyValueStore()));
    }

    void close() {
      store = null;
    }

    Optional<V> find(UUID wanted) throws NotReadyException {
      ReadOnlyKeyValueStore<Bytes, byte[]> current = opened();
      try {
        byte[] value = current.get(Bytes.wrap(Uuids.toBytes(wanted)));
        return value == null ? Optional.empty() : Optional.of(kept.decode(value));
      } catch (StreamsException e) {
        throw new NotReadyException("the copy is being opened again", e);
      } catch (IOException e) {
        throw new NotReadyException("the schema registry does not answer", e);
      } catch (MalformedValueException e) {
        throw new IllegalStateException("Cannot read back " + topic.name() + " " + wanted, e);
      }
    }

    List<V> after(@Nullable UUID from, int limit) throws NotReadyException {
      ReadOnlyKeyValueStore<Bytes, byte[]> current = opened();
      Bytes first = from == null ? null : Bytes.wrap(Uuids.toBytes(from));
      List<V> found = new ArrayList<>();
      try (KeyValueIterator<Bytes, byte[]> each = current.range(first, null)) {
        while (found.size() < limit && each.hasNext()) {
          KeyValue<Bytes, byte[]> next = each.next();
          if (!next.key.equals(first)) {
            found.add(kept.decode(next.value));
          }
        }
        return found;
      } catch (StreamsException e) {
        throw new NotReadyException("the copy is being opened again", e);
      } catch (IOException e) {
        throw new NotReadyException("the schema registry does not answer", e);
      } catch (MalformedValueException e) {
        throw new IllegalStateException("Cannot read back " + topic.name(), e);
      }
    }

    private ReadOnlyKeyValueStore<Bytes, byte[]> opened() throws NotReadyException {
      ReadOnlyKeyValueStore<Bytes, byte[]> current = store;
      if (current == null) {
        throw new NotReadyException(obstacle().orElse("it is closed"));
      }
      return current;
    }

    private double size() {
      ReadOnlyKeyValueStore<Bytes, byte[]> current = store;
      try {
        return current == null ? 0 : current.approximateNumEntries();
      } catch (StreamsException e) {
        return 0;
      }
    }
  }
}
