package io.downbeat.ingest;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.downbeat.access.AccessTokens;
import io.downbeat.access.AccountChanges;
import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RateLimits;
import io.downbeat.ingest.accounts.AccountStore;
import io.downbeat.ingest.accounts.AccountsHandlers;
import io.downbeat.ingest.accounts.DevicesHandlers;
import io.downbeat.ingest.accounts.EmailClaims;
import io.downbeat.ingest.accounts.ExternalSignIn;
import io.downbeat.ingest.accounts.FamilyHandlers;
import io.downbeat.ingest.accounts.FamilyStore;
import io.downbeat.ingest.accounts.InvitationCodes;
import io.downbeat.ingest.accounts.Passwords;
import io.downbeat.ingest.accounts.RefreshTokens;
import io.downbeat.ingest.accounts.Secret;
import io.downbeat.ingest.accounts.SecurityLog;
import io.downbeat.ingest.accounts.SigningKeys;
import io.downbeat.ingest.accounts.Tokens;
import io.downbeat.ingest.catalog.CatalogHandler;
import io.downbeat.ingest.catalog.KafkaCatalogStore;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.Capacity;
import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.ServiceKey;
import io.downbeat.ingest.http.SignInThrottle;
import io.downbeat.ingest.http.SteadyBody;
import io.downbeat.ingest.library.LibraryHandler;
import io.downbeat.ingest.library.LibraryStore;
import io.downbeat.ingest.log.Log;
import io.downbeat.ingest.log.LogWatch;
import io.downbeat.ingest.log.SchemaIds;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.ingest.oidc.IdentityProvider;
import io.downbeat.ingest.owned.Cassandra;
import io.downbeat.ingest.owned.Outbox;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import io.downbeat.ingest.plays.KafkaPlayStore;
import io.downbeat.ingest.plays.PlaysHandler;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.SecurityEvent;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes plays and the catalogue in over HTTP and writes them to the log: answered only after the
 * log's acknowledgement. What listeners keep is written to Cassandra, and follows in the log. Ends
 * with code 1 if it cannot start and 2 if only a new process can write to the log again; SIGTERM
 * lets requests under way end first.
 */
public final class IngestApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IngestApi.class);

  /** Beyond the log's own time-out, after which its outcome must be known. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** Before changes of accounts are followed anew. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private final HttpServer server;
  private final Log log;
  private final List<AutoCloseable> parts;

  private IngestApi(HttpServer server, Log log, List<AutoCloseable> parts) {
    this.server = server;
    this.log = log;
    this.parts = parts;
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
   * Starts even if log or Cassandra are away: {@code /readyz} says so, and what needs them is
   * answered 503.
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
    Topic<AccountChange> accountChanges = Topics.ACCOUNT_CHANGES.withPrefix(kafka.topicPrefix());
    Topic<SecurityEvent> securityEvents = Topics.SECURITY_EVENTS.withPrefix(kafka.topicPrefix());
    Topic<LibraryChange> libraryChanges = Topics.LIBRARY_CHANGES.withPrefix(kafka.topicPrefix());

    SchemaIds ids = new SchemaIds(config.registry().url(), config.registry().patience());
    int playId = ids.of(plays);
    int artistId = ids.of(artists);
    int albumId = ids.of(albums);
    int trackId = ids.of(tracks);
    int accountChangeId = ids.of(accountChanges);
    int securityEventId = ids.of(securityEvents);
    int libraryChangeId = ids.of(libraryChanges);

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
            Stream.of(
                    plays, artists, albums, tracks, accountChanges, securityEvents, libraryChanges)
                .map(Topic::name)
                .toList());

    IngestConfig.Http http = config.http();
    QueuedThreadPool threads = HttpServer.threads(http.threads());
    RateLimits limits = new RateLimits(config.limits());
    Capacity capacity = new Capacity(config.plays().inFlightBytes());
    meters.gauge("downbeat.plays.in.flight.bytes", capacity, Capacity::used);
    Duration patience = kafka.deliveryTimeout().plus(GRACE);
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
                new SteadyBody.Pace(config.catalog().slowest(), http.idle()),
                patience),
            Clock.systemUTC(),
            meters);

    Clock clock = Clock.systemUTC();
    Cassandra cassandra = Cassandra.connect(config.cassandra());
    IngestConfig.Accounts settings = config.accounts();
    SigningKeys keys =
        new SigningKeys(settings.tokenKeysDir(), settings.tokenKeysRenewed(), cassandra, clock);
    AccountChanges changes =
        AccountChanges.follow(
            new AccountChanges.Settings(
                kafka.bootstrapServers(), kafka.topicPrefix(), "ingest-api", PAUSE),
            ids::textOf,
            clock);
    Callers callers = new Callers(key, new AccessTokens(keys, clock), changes, limits, clock);

    OwnedTable library =
        new OwnedTable(
            "library", "user_id", new TopicWriter<>(log, libraryChanges, libraryChangeId));
    OwnedTable accounts =
        new OwnedTable(
            "accounts", "user_id", new TopicWriter<>(log, accountChanges, accountChangeId));
    Outbox outbox = new Outbox(cassandra, List.of(accounts, library), clock, meters);
    OwnedState owned = new OwnedState(cassandra, outbox, threads);
    LibraryStore libraries = new LibraryStore(owned, library, clock);
    FamilyStore families = new FamilyStore(owned, accounts, clock);
    AccountStore accountStore =
        new AccountStore(
            owned, accounts, new EmailClaims(cassandra), families, libraries::removeAll, clock);
    Secret secret = Secret.read(settings.secretFile());
    Passwords passwords = new Passwords(secret, settings.passwordThreads());
    RefreshTokens refreshTokens = new RefreshTokens(secret);
    Tokens tokens = new Tokens(keys, refreshTokens, settings.accessTokenLife(), clock);
    SecurityLog security =
        new SecurityLog(new TopicWriter<>(log, securityEvents, securityEventId), clock, meters);
    ExternalSignIn external =
        settings
            .provider()
            .map(provider -> new IdentityProvider(provider, threads, clock))
            .map(each -> new ExternalSignIn(each, accountStore, tokens, callers, security))
            .orElse(null);
    AccountsHandlers keepAccounts =
        new AccountsHandlers(
            accountStore,
            passwords,
            tokens,
            refreshTokens,
            callers,
            new SignInThrottle(config.signIns(), clock),
            security,
            external);
    DevicesHandlers keepDevices = new DevicesHandlers(accountStore, callers, security);
    FamilyHandlers keepFamilies =
        new FamilyHandlers(families, new InvitationCodes(secret), callers);
    LibraryHandler keepLibrary = new LibraryHandler(callers, libraries, threads, clock);

    PlaysHandler takePlays =
        new PlaysHandler(
            callers::signedInOrTrusted,
            new KafkaPlayStore(new TopicWriter<>(log, plays, playId)),
            capacity,
            new PlaysHandler.Limits(config.plays().bodyBytes(), config.plays().read(), patience),
            threads,
            clock,
            meters);
    Operations operations =
        new Operations(
            meters,
            List.of(
                new Operations.Part("kafka", watch::obstacle),
                new Operations.Part("cassandra", cassandra::obstacle),
                new Operations.Part("account-changes", () -> changes.obstacle().orElse(null))));
    HttpServer server =
        HttpServer.start(
            new HttpServer.Settings(
                http.host(), http.port(), http.connections(), http.idle(), http.stop()),
            threads,
            new Guard(config.guard(), limits, key::isIn),
            Routes.of(
                key,
                takePlays,
                takeCatalog,
                keepAccounts,
                keepDevices,
                keepFamilies,
                keepLibrary,
                operations),
            meters);
    watch.start();
    keys.start();
    outbox.start(Map.of(accounts.name(), accountStore::resume));
    LOG.info("Takes plays and the catalogue in at http://{}:{}", http.host(), server.port());
    return new IngestApi(server, log, List.of(outbox, changes, keys, passwords, watch, cassandra));
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
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {}", part.getClass().getSimpleName(), e);
      }
    }
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
