package io.downbeat.serving;

import com.typesafe.config.Config;
import io.downbeat.access.AccountChanges;
import io.downbeat.access.http.Guard;
import io.downbeat.access.http.Rate;
import io.downbeat.access.http.RateLimits;
import io.downbeat.serving.catalog.KafkaCatalogStore;
import io.downbeat.serving.http.HttpServer;
import io.downbeat.serving.search.IndexFollower;
import io.downbeat.serving.store.CachedReads;
import io.downbeat.serving.store.CassandraReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Settings of the serving API; {@code reference.conf} says what each is for. */
record ServingConfig(
    HttpServer.Settings http,
    Guard.Settings guard,
    RateLimits.Settings limits,
    Optional<Path> serviceKeyFile,
    Optional<Path> demoListenersFile,
    Path sounds,
    Path soundKeys,
    Duration catalogMaxAge,
    KafkaCatalogStore.Settings catalog,
    IndexFollower.Settings search,
    AccountChanges.Settings accountChanges,
    CassandraReader.Settings cassandra,
    Caches caches) {

  /** Of answers that are given again. */
  record Caches(
      CachedReads.Settings counts,
      CachedReads.Settings charts,
      CachedReads.Settings recommendations,
      CachedReads.Settings audits,
      CachedReads.Settings firstLetters) {

    private static Caches from(Config caches) {
      return new Caches(
          cache(caches, "counts"),
          cache(caches, "charts"),
          cache(caches, "recommendations"),
          cache(caches, "audits"),
          cache(caches, "first-letters"));
    }

    private static CachedReads.Settings cache(Config caches, String name) {
      return new CachedReads.Settings(
          caches.getDuration(name + ".max-age"), caches.getBytes(name + ".size"));
    }
  }

  static ServingConfig from(Config config) {
    Config serving = config.getConfig("downbeat.serving");
    return new ServingConfig(
        new HttpServer.Settings(
            serving.getString("http.host"),
            serving.getInt("http.port"),
            serving.getInt("http.threads"),
            serving.getInt("http.connections"),
            serving.getDuration("http.idle-timeout"),
            serving.getDuration("http.stop-timeout")),
        new Guard.Settings(
            list(serving, "http.trusted-proxies"),
            list(serving, "http.cors-origins"),
            serving.getDuration("http.hsts"),
            serving.getDuration("http.head-timeout")),
        new RateLimits.Settings(
            rate(serving, "limits.address"),
            Rate.NONE,
            rate(serving, "limits.account"),
            Rate.NONE,
            serving.getLong("limits.buckets"),
            list(serving, "limits.unlimited")),
        path(serving, "service-key-file"),
        path(serving, "demo-listeners-file"),
        directory(serving, "sound.dir"),
        directory(serving, "sound.keys-dir"),
        serving.getDuration("catalog.max-age"),
        new KafkaCatalogStore.Settings(
            serving.getString("kafka.bootstrap-servers"),
            serving.getString("kafka.topic-prefix"),
            URI.create(serving.getString("schema-registry.url")),
            directory(serving, "state.dir"),
            serving.getDuration("catalog.retry-pause")),
        new IndexFollower.Settings(
            serving.getString("kafka.bootstrap-servers"),
            serving.getString("kafka.topic-prefix"),
            directory(serving, "state.dir").resolve("search"),
            serving.getDuration("search.refresh"),
            serving.getDuration("search.commit"),
            serving.getDuration("catalog.retry-pause"),
            serving.getInt("search.threads")),
        new AccountChanges.Settings(
            serving.getString("kafka.bootstrap-servers"),
            serving.getString("kafka.topic-prefix"),
            "serving-api",
            serving.getDuration("accounts.retry-pause")),
        new CassandraReader.Settings(
            address("cassandra.contact-point", serving.getString("cassandra.contact-point")),
            serving.getString("cassandra.datacenter"),
            serving.getString("cassandra.keyspace"),
            serving.getDuration("cassandra.request-timeout"),
            serving.getInt("cassandra.max-in-flight"),
            serving.getDuration("cassandra.retry-pause")),
        Caches.from(serving.getConfig("caches")));
  }

  private static Rate rate(Config config, String key) {
    return new Rate(
        config.getLong(key + ".requests"),
        config.getDuration(key + ".per"),
        config.getLong(key + ".burst"));
  }

  /** What is between commas: a variable of the environment can set it. */
  private static List<String> list(Config config, String key) {
    return Stream.of(config.getString(key).split(","))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .toList();
  }

  private static Path directory(Config config, String key) {
    return Path.of(config.getString(key)).toAbsolutePath().normalize();
  }

  private static Optional<Path> path(Config config, String key) {
    return config.hasPath(key) ? Optional.of(Path.of(config.getString(key))) : Optional.empty();
  }

  /** Not resolved: a name may lead elsewhere at the next attempt to connect. */
  private static InetSocketAddress address(String key, String value) {
    int colon = value.lastIndexOf(':');
    try {
      return InetSocketAddress.createUnresolved(
          value.substring(0, colon), Integer.parseInt(value.substring(colon + 1)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use %s = '%s': expected host:port".formatted(key, value), e);
    }
  }
}
