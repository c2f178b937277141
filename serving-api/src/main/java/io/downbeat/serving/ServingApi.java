package io.downbeat.serving;

import com.typesafe.config.ConfigFactory;
import io.downbeat.access.AccessTokens;
import io.downbeat.access.AccountChanges;
import io.downbeat.access.TokenCheck;
import io.downbeat.access.TokenKeys;
import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RateLimits;
import io.downbeat.serving.accounts.AccountsHandlers;
import io.downbeat.serving.accounts.CassandraAccountsStore;
import io.downbeat.serving.audits.AuditsHandlers;
import io.downbeat.serving.audits.CassandraAuditsStore;
import io.downbeat.serving.catalog.CatalogHandlers;
import io.downbeat.serving.catalog.KafkaCatalogStore;
import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.catalog.WrittenSchemas;
import io.downbeat.serving.charts.CassandraChartsStore;
import io.downbeat.serving.charts.ChartsHandlers;
import io.downbeat.serving.counts.CassandraCountsStore;
import io.downbeat.serving.counts.CountsHandlers;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.DemoListeners;
import io.downbeat.serving.http.HttpServer;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Route;
import io.downbeat.serving.library.CassandraLibraryStore;
import io.downbeat.serving.library.LibraryHandlers;
import io.downbeat.serving.recent.CassandraRecentStore;
import io.downbeat.serving.recent.RecentHandlers;
import io.downbeat.serving.recommendations.CassandraRecommendationsStore;
import io.downbeat.serving.recommendations.RecommendationsHandlers;
import io.downbeat.serving.search.FirstLetters;
import io.downbeat.serving.search.IndexFollower;
import io.downbeat.serving.search.SearchHandlers;
import io.downbeat.serving.sound.LocalSoundStore;
import io.downbeat.serving.sound.PlaybackHandlers;
import io.downbeat.serving.sound.SoundDelivery;
import io.downbeat.serving.sound.SoundKeys;
import io.downbeat.serving.sound.SoundStore;
import io.downbeat.serving.store.CassandraReader;
import io.downbeat.serving.tokens.CassandraTokenKeys;
import io.downbeat.serving.tokens.TokenKeysHandlers;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every read: artists, albums and tracks from this process's own copy of the log, views
 * from Cassandra. It starts whether they are there or not, and says in {@code /readyz} what it
 * waits for.
 */
public final class ServingApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServingApi.class);
  private static final Duration LOOK_PAUSE = Duration.ofSeconds(1);
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(3);

  private final List<AutoCloseable> parts;
  private final HttpServer server;

  private ServingApi(HttpServer server, List<AutoCloseable> parts) {
    this.server = server;
    this.parts = parts;
  }

  public static void main(String[] args) {
    try {
      ServingApi api = start(ServingConfig.from(ConfigFactory.load()));
      Runtime.getRuntime().addShutdownHook(new Thread(api::close, "shutdown"));
    } catch (RuntimeException e) {
      LOG.error("Cannot start: {}", e.getMessage(), e);
      System.exit(1);
    }
  }

  static ServingApi start(ServingConfig config) {
    Clock clock = Clock.systemUTC();
    PrometheusMeterRegistry meters = Meters.registry();
    QueuedThreadPool threads = HttpServer.threads(config.http());

    // The log's artists, albums and tracks, followed into a copy on the local disk.
    KafkaCatalogStore catalog = KafkaCatalogStore.follow(config.catalog(), meters);
    CatalogHandlers catalogHandlers = new CatalogHandlers(catalog, config.catalogMaxAge());

    // Found by any word of their names, from an index beside that copy.
    IndexFollower index = IndexFollower.follow(config.search(), catalog, clock, meters);
    ServingConfig.Caches caches = config.caches();
    SearchHandlers search =
        new SearchHandlers(index, catalog, new FirstLetters(caches.firstLetters(), meters), clock);

    // The views that the jobs keep in Cassandra.
    CassandraReader views = CassandraReader.connect(config.cassandra(), meters);
    Deferred deferred = new Deferred(threads);
    TrackBriefs tracks = new TrackBriefs(catalog);
    CountsHandlers counts =
        new CountsHandlers(
            new CassandraCountsStore(views, caches.counts(), meters), clock, deferred);
    ChartsHandlers charts =
        new ChartsHandlers(
            new CassandraChartsStore(views, caches.charts(), meters), tracks, clock, deferred);
    AuditsHandlers audits =
        new AuditsHandlers(new CassandraAuditsStore(views, caches.audits(), meters), deferred);

    // What is one listener's own, for whoever may read it.
    TokenKeys tokenKeys = TokenKeys.refreshed(new CassandraTokenKeys(views));
    AccountChanges changes =
        AccountChanges.follow(
            config.accountChanges(),
            new WrittenSchemas(
                    config.catalog().schemaRegistry(),
                    config.catalog().stateDir().resolve("schemas"))
                ::ofArriving,
            clock);
    TokenCheck tokens = TokenCheck.of(new AccessTokens(tokenKeys, clock), changes, clock);
    DemoListeners demo = new DemoListeners(config.demoListenersFile());
    RateLimits limits = new RateLimits(config.limits());
    Listeners listeners = Listeners.read(config.serviceKeyFile(), tokens, limits);
    CassandraAccountsStore accountsStore = new CassandraAccountsStore(views);
    AccountsHandlers accounts = new AccountsHandlers(accountsStore, listeners, clock, deferred);
    LibraryHandlers library =
        new LibraryHandlers(new CassandraLibraryStore(views), catalog, tracks, listeners, deferred);
    RecentHandlers recent =
        new RecentHandlers(new CassandraRecentStore(views), tracks, listeners, deferred);
    CassandraRecommendationsStore recommended =
        new CassandraRecommendationsStore(views, caches.recommendations(), meters);
    RecommendationsHandlers recommendations =
        new RecommendationsHandlers(recommended, tracks, listeners, deferred);

    // Sound, by URLs that are signed here.
    SoundKeys soundKeys = SoundKeys.follow(config.soundKeys(), clock);
    SoundStore sounds = new LocalSoundStore(config.sounds());
    PlaybackHandlers playback =
        new PlaybackHandlers(
            catalog, sounds, soundKeys, accountsStore, recommended, listeners, clock, deferred);
    SoundDelivery delivery = new SoundDelivery(soundKeys, sounds, clock, meters);

    // Whether all that is there.
    Broker broker = new Broker(config.catalog().bootstrapServers(), LOOK_PATIENCE);
    Map<String, Readiness.Look> looks = new LinkedHashMap<>();
    looks.put("kafka", broker::look);
    looks.put("catalog", () -> CompletableFuture.completedFuture(catalog.obstacle()));
    looks.put("search", () -> CompletableFuture.completedFuture(index.obstacle()));
    looks.put("account-changes", () -> CompletableFuture.completedFuture(changes.obstacle()));
    looks.put("cassandra", views::look);
    Readiness readiness = new Readiness(looks, LOOK_PAUSE, LOOK_PATIENCE);
    readiness.start();

    // Read by anyone, over HTTP.
    Operations operations = new Operations(Contract.json(), readiness, meters);
    List<Route> routes =
        Routes.all(
            catalogHandlers,
            search,
            counts,
            charts,
            recent,
            recommendations,
            accounts,
            library,
            new TokenKeysHandlers(tokenKeys),
            audits,
            playback,
            demo,
            operations);
    Guard guard = new Guard(config.guard(), limits, listeners::trusts);
    HttpServer server = HttpServer.start(config.http(), threads, guard, delivery, routes, meters);
    LOG.info("Answers on port {} of {}", server.port(), config.http().host());
    return new ServingApi(
        server,
        List.of(server, soundKeys, readiness, broker, changes, tokenKeys, views, index, catalog));
  }

  int port() {
    return server.port();
  }

  /** Takes in nothing more, answers what is under way, and leaves its copy ready to go on from. */
  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
