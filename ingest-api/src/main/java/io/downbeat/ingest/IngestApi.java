package io.downbeat.ingest;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.downbeat.ingest.catalog.CatalogHandler;
import io.downbeat.ingest.catalog.KafkaCatalogStore;
import io.downbeat.ingest.http.Capacity;
import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.ServiceKey;
import io.downbeat.ingest.log.Log;
import io.downbeat.ingest.log.LogWatch;
import io.downbeat.ingest.log.SchemaIds;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.ingest.plays.KafkaPlayStore;
import io.downbeat.ingest.plays.PlaysHandler;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes plays and the catalogue in over HTTP and writes them to the log: answered only after the
 * log's acknowledgement. Ends with code 1 if it cannot start and 2 if only a new process can write
 * to the log again; SIGTERM lets requests under way end first.
 */
public final class IngestApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IngestApi.class);

  /** Beyond the log's own time-out, after which its outcome must be known. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private final LogWatch watch;
  private final Log log;
  private final HttpServer server;

  private IngestApi(LogWatch watch, Log log, HttpServer server) {
    this.watch = watch;
    this.log = log;
    this.server = server;
  }

  public static void main(String[] args) {
    try {
      IngestApi api = start(IngestConfig.from(ConfigFactory.load()), IngestApi::end);
      Runtime.getRuntime().addShutdownHook(new Thread(api::close, "stop"));
    } catch (IllegalArgumentException | ConfigException | SchemaIds.Missing e) {
      LOG.error("{}", e.getMessage());
      System.exit(1);
    } catch (Exception e) {
      LOG.error("Cannot start", e);
      System.exit(1);
    }
  }

  /**
   * Starts even if the log is away: {@code /readyz} says so, and writing is answered 503.
   *
   * @param onUnusable told when only a new process can write to the log again
   */
  static IngestApi start(IngestConfig config, Consumer<Exception> onUnusable)
      throws SchemaIds.Missing, InterruptedException {
    ServiceKey key = ServiceKey.read(config.serviceKeyFile());

    IngestConfig.Kafka kafka = config.kafka();
    Topic<Play> plays = Topics.PLAYS.withPrefix(kafka.topicPrefix());
    Topic<Artist> artists = Topics.ARTISTS.withPrefix(kafka.topicPrefix());
    Topic<Album> albums = Topics.ALBUMS.withPrefix(kafka.topicPrefix());
    Topic<Track> tracks = Topics.TRACKS.withPrefix(kafka.topicPrefix());

    SchemaIds ids = new SchemaIds(config.registry().url(), config.registry().patience());
    int playId = ids.of(plays);
    int artistId = ids.of(artists);
    int albumId = ids.of(albums);
    int trackId = ids.of(tracks);

    PrometheusMeterRegistry meters = Meters.ofThisProcess();
    Log log =
        new Log(
            Log.producer(
                kafka.bootstrapServers(),
                kafka.deliveryTimeout(),
                kafka.requestTimeout(),
                kafka.linger(),
                kafka.bufferBytes()),
            meters,
            onUnusable);
    LogWatch watch =
        new LogWatch(
            kafka.bootstrapServers(),
            log,
            List.of(plays.name(), artists.name(), albums.name(), tracks.name()));

    IngestConfig.Http http = config.http();
    QueuedThreadPool threads = HttpServer.threads(http.threads());
    Capacity capacity = new Capacity(config.plays().inFlightBytes());
    meters.gauge("downbeat.plays.in.flight.bytes", capacity, Capacity::used);
    Duration patience = kafka.deliveryTimeout().plus(GRACE);
    PlaysHandler takePlays =
        new PlaysHandler(
            new KafkaPlayStore(new TopicWriter<>(log, plays, playId)),
            capacity,
            new PlaysHandler.Limits(config.plays().bodyBytes(), config.plays().read(), patience),
            threads,
            Clock.systemUTC(),
            meters);
    CatalogHandler takeCatalog =
        new CatalogHandler(
            new KafkaCatalogStore(
                new TopicWriter<>(log, artists, artistId),
                new TopicWriter<>(log, albums, albumId),
                new TopicWriter<>(log, tracks, trackId)),
            new CatalogHandler.Limits(
                config.catalog().imports(),
                config.catalog().lineBytes(),
                config.catalog().windowBytes(),
                patience),
            Clock.systemUTC(),
            meters);

    watch.start();
    HttpServer server =
        HttpServer.start(
            new HttpServer.Settings(
                http.host(), http.port(), http.connections(), http.idle(), http.stop()),
            threads,
            Routes.of(key, takePlays, takeCatalog, new Operations(meters, watch::obstacle)),
            meters);
    LOG.info("Takes plays and the catalogue in at http://{}:{}", http.host(), server.port());
    return new IngestApi(watch, log, server);
  }

  int port() {
    return server.port();
  }

  /** Takes in nothing more, lets requests under way end, and the log's writes with them. */
  @Override
  public void close() {
    LOG.info("Stopping: requests under way may end first");
    server.stop();
    log.close(GRACE);
    watch.close();
    LOG.info("Stopped");
  }

  /** The log's producer is beyond repair: a supervisor starts this process anew. */
  private static void end(Exception e) {
    if (!ENDING.getAndSet(true)) {
      LOG.error("Ending: this process cannot write to the log any more", e);
      // On a thread of its own: the stop waits for requests, and a request may have found this out.
      new Thread(() -> System.exit(2), "end").start();
    }
  }
}
