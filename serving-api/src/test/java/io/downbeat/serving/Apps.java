package io.downbeat.serving;

import com.typesafe.config.ConfigFactory;
import io.downbeat.access.AccountChanges;
import io.downbeat.access.TokenCheck;
import io.downbeat.access.http.RateLimits;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.serving.catalog.KafkaCatalogStore;
import io.downbeat.serving.http.HttpServer;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.search.IndexFollower;
import io.downbeat.serving.store.CassandraReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How the app is started on the real servers of a test. */
final class Apps {

  /** What trusted callers send. */
  static final String KEY = "a-key-for-tests-only";

  private static final Path KEY_FILE = keyFile();

  private Apps() {}

  private static Path keyFile() {
    try {
      return Files.writeString(
          Files.createDirectories(Path.of("target")).resolve("service-key"), KEY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets in whoever sends the key, or a token that passes. */
  static Listeners listeners(TokenCheck tokens) {
    return Listeners.read(Optional.of(KEY_FILE), tokens, RateLimits.none());
  }

  static ServingConfig config(Fresh fresh, Path stateDir) {
    return config(fresh, fresh.registryUrl(), stateDir);
  }

  static ServingConfig config(Fresh fresh, URI registry, Path stateDir) {
    ServingConfig defaults = ServingConfig.from(ConfigFactory.load());
    return new ServingConfig(
        new HttpServer.Settings(
            "127.0.0.1", 0, 8, 64, Duration.ofSeconds(30), Duration.ofSeconds(5)),
        defaults.guard(),
        defaults.limits(),
        Optional.of(KEY_FILE),
        Optional.empty(),
        stateDir.resolve("sounds"),
        stateDir.resolve("sound-keys"),
        Duration.ofSeconds(60),
        new KafkaCatalogStore.Settings(
            fresh.bootstrapServers(),
            fresh.topicPrefix(),
            registry,
            stateDir,
            Duration.ofMillis(200)),
        new IndexFollower.Settings(
            fresh.bootstrapServers(),
            fresh.topicPrefix(),
            stateDir.resolve("search"),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            2),
        new AccountChanges.Settings(
            fresh.bootstrapServers(), fresh.topicPrefix(), "serving-api", Duration.ofMillis(200)),
        new CassandraReader.Settings(
            fresh.cassandra(),
            fresh.datacenter(),
            fresh.keyspace(),
            Duration.ofSeconds(2),
            256,
            Duration.ofMillis(200)),
        defaults.caches());
  }

  /** The same as a process of its own, not started yet. */
  static ChildJvm process(Fresh fresh, Path home, int port) {
    return new ChildJvm(
        new ChildJvm.Spec(
                home,
                "serving-api",
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .toList(),
                ServingApi.class.getName(),
                Ready.answers(URI.create("http://127.0.0.1:" + port + "/readyz")))
            .withJvmArgs(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
            .withEnvironment(environment(fresh, home.resolve("state"), port)));
  }

  private static Map<String, String> environment(Fresh fresh, Path stateDir, int port) {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", fresh.bootstrapServers(),
        "SCHEMA_REGISTRY_URL", fresh.registryUrl().toString(),
        "TOPIC_PREFIX", fresh.topicPrefix(),
        "CASSANDRA_CONTACT_POINT", "127.0.0.1:" + fresh.cassandra().getPort(),
        "CASSANDRA_DATACENTER", fresh.datacenter(),
        "CASSANDRA_KEYSPACE", fresh.keyspace(),
        "STATE_DIR", stateDir.toString(),
        "SERVING_PORT", Integer.toString(port));
  }
}
