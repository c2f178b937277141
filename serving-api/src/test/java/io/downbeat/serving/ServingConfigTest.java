package io.downbeat.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
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
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServingConfigTest {

  @Test
  void defaultsAreThoseOfALocalRun() {
    assertThat(ServingConfig.from(resolved(Map.of())))
        .isEqualTo(
            new ServingConfig(
                new HttpServer.Settings(
                    "127.0.0.1", 8082, 32, 8192, Duration.ofSeconds(30), Duration.ofSeconds(5)),
                new Guard.Settings(
                    List.of("127.0.0.0/8", "::1"),
                    List.of(),
                    Duration.ZERO,
                    Duration.ofSeconds(10)),
                new RateLimits.Settings(
                    new Rate(1_000, Duration.ofSeconds(1), 2_000),
                    Rate.NONE,
                    new Rate(50, Duration.ofSeconds(1), 500),
                    Rate.NONE,
                    20_000,
                    List.of("127.0.0.0/8", "::1")),
                Optional.empty(),
                Optional.empty(),
                Path.of("sounds").toAbsolutePath(),
                Path.of("sound-keys").toAbsolutePath(),
                Duration.ofSeconds(60),
                new KafkaCatalogStore.Settings(
                    "127.0.0.1:9092",
                    "",
                    URI.create("http://127.0.0.1:8085/apis/ccompat/v7"),
                    Path.of("state").toAbsolutePath(),
                    Duration.ofSeconds(2)),
                new IndexFollower.Settings(
                    "127.0.0.1:9092",
                    "",
                    Path.of("state").toAbsolutePath().resolve("search"),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(2),
                    2),
                new AccountChanges.Settings(
                    "127.0.0.1:9092", "", "serving-api", Duration.ofSeconds(1)),
                new CassandraReader.Settings(
                    InetSocketAddress.createUnresolved("127.0.0.1", 9042),
                    "datacenter1",
                    "downbeat",
                    Duration.ofSeconds(2),
                    256,
                    Duration.ofSeconds(2)),
                new ServingConfig.Caches(
                    new CachedReads.Settings(Duration.ofMillis(100), 8 << 20),
                    new CachedReads.Settings(Duration.ofSeconds(1), 8 << 20),
                    new CachedReads.Settings(Duration.ofSeconds(30), 8 << 20),
                    new CachedReads.Settings(Duration.ofSeconds(1), 1 << 20),
                    new CachedReads.Settings(Duration.ofSeconds(5), 16 << 20))));
  }

  @Test
  void theEnvironmentSetsWhereThingsAre() {
    ServingConfig config =
        ServingConfig.from(
            resolved(
                Map.of(
                    "SERVING_HOST", "0.0.0.0",
                    "SERVING_PORT", "1234",
                    "KAFKA_BOOTSTRAP_SERVERS", "kafka:1",
                    "TOPIC_PREFIX", "blue-",
                    "SCHEMA_REGISTRY_URL", "http://registry:2",
                    "CASSANDRA_CONTACT_POINT", "cassandra:3",
                    "CASSANDRA_DATACENTER", "north",
                    "CASSANDRA_KEYSPACE", "blue",
                    "SERVICE_KEY_FILE", "/key",
                    "STATE_DIR", "/state")));

    assertThat(config.http().host()).isEqualTo("0.0.0.0");
    assertThat(config.http().port()).isEqualTo(1234);
    assertThat(config.serviceKeyFile()).contains(Path.of("/key"));
    assertThat(config.catalog())
        .isEqualTo(
            new KafkaCatalogStore.Settings(
                "kafka:1",
                "blue-",
                URI.create("http://registry:2"),
                Path.of("/state"),
                Duration.ofSeconds(2)));
    assertThat(config.accountChanges())
        .isEqualTo(
            new AccountChanges.Settings("kafka:1", "blue-", "serving-api", Duration.ofSeconds(1)));
    assertThat(config.cassandra().contactPoint())
        .isEqualTo(InetSocketAddress.createUnresolved("cassandra", 3));
    assertThat(config.cassandra().datacenter()).isEqualTo("north");
    assertThat(config.cassandra().keyspace()).isEqualTo("blue");
  }

  @Test
  void theEnvironmentSetsWhoMayComeIn() {
    ServingConfig config =
        ServingConfig.from(
            resolved(
                Map.of(
                    "TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2",
                    "CORS_ORIGINS", "https://a.example,https://b.example",
                    "HSTS", "365 d",
                    "UNLIMITED_ADDRESSES", "")));

    assertThat(config.guard())
        .isEqualTo(
            new Guard.Settings(
                List.of("10.0.0.1", "10.0.0.2"),
                List.of("https://a.example", "https://b.example"),
                Duration.ofDays(365),
                Duration.ofSeconds(10)));
    assertThat(config.limits().unlimited()).isEmpty();
  }

  @Test
  void anAddressWithoutAPortIsRefusedWithItsKeyAndItsValue() {
    assertThatThrownBy(
            () -> ServingConfig.from(resolved(Map.of("CASSANDRA_CONTACT_POINT", "somewhere"))))
        .hasMessage("Cannot use cassandra.contact-point = 'somewhere': expected host:port");
  }

  private static Config resolved(Map<String, String> environment) {
    return ConfigFactory.parseMap(environment)
        .withFallback(ConfigFactory.parseResources("reference.conf"))
        .resolve(com.typesafe.config.ConfigResolveOptions.noSystem());
  }
}
