package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.downbeat.access.http.Guard;
import io.downbeat.access.http.Rate;
import io.downbeat.access.http.RateLimits;
import io.downbeat.ingest.http.SignInThrottle;
import io.downbeat.ingest.oidc.IdentityProvider;
import io.downbeat.ingest.owned.Cassandra;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class IngestConfigTest {

  /** Without the environment, so that the test means the same everywhere. */
  private static IngestConfig with(Map<String, ?> settings) {
    Config reference =
        ConfigFactory.parseResources("reference.conf")
            .resolve(
                com.typesafe.config.ConfigResolveOptions.defaults().setUseSystemEnvironment(false));
    return IngestConfig.from(ConfigFactory.parseMap(settings).withFallback(reference));
  }

  @Test
  void defaults() {
    assertThat(
            with(
                Map.of(
                    "downbeat.ingest.service-key-file", "key",
                    "downbeat.ingest.accounts.secret-file", "secret")))
        .isEqualTo(
            new IngestConfig(
                new IngestConfig.Http(
                    "127.0.0.1", 8081, 32, 1024, Duration.ofSeconds(30), Duration.ofSeconds(12)),
                new Guard.Settings(
                    List.of("127.0.0.0/8", "::1"),
                    List.of(),
                    Duration.ZERO,
                    Duration.ofSeconds(10)),
                new RateLimits.Settings(
                    new Rate(1_000, Duration.ofSeconds(1), 2_000),
                    new Rate(2, Duration.ofSeconds(1), 60),
                    new Rate(20, Duration.ofSeconds(1), 200),
                    new Rate(20, Duration.ofSeconds(1), 500),
                    20_000,
                    List.of("127.0.0.0/8", "::1")),
                new SignInThrottle.Settings(10, 100, Duration.ofMinutes(15), 20_000),
                Path.of("key"),
                new IngestConfig.Kafka(
                    "127.0.0.1:9092",
                    "",
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(5),
                    48 << 20),
                new IngestConfig.Registry(
                    "http://127.0.0.1:8085/apis/ccompat/v7", Duration.ofSeconds(60)),
                new Cassandra.Settings(
                    InetSocketAddress.createUnresolved("127.0.0.1", 9042),
                    "datacenter1",
                    "downbeat",
                    Duration.ofSeconds(2),
                    256,
                    Duration.ofSeconds(2)),
                new IngestConfig.Accounts(
                    Path.of("secret"),
                    Path.of("token-keys").toAbsolutePath(),
                    Duration.ofDays(30),
                    Duration.ofMinutes(10),
                    2,
                    Optional.empty()),
                new IngestConfig.Plays(2 << 20, 16 << 20, Duration.ofSeconds(15)),
                new IngestConfig.Catalog(4, 64 << 10, 2 << 20, 16)));
  }

  @Test
  void keys() {
    IngestConfig config =
        with(
            Map.ofEntries(
                Map.entry("downbeat.ingest.http.host", "0.0.0.0"),
                Map.entry("downbeat.ingest.http.port", 1),
                Map.entry("downbeat.ingest.http.threads", 2),
                Map.entry("downbeat.ingest.http.connections", 3),
                Map.entry("downbeat.ingest.http.idle", "4 s"),
                Map.entry("downbeat.ingest.http.stop", "5 s"),
                Map.entry("downbeat.ingest.service-key-file", "/k"),
                Map.entry("downbeat.ingest.kafka.bootstrap-servers", "b:1"),
                Map.entry("downbeat.ingest.kafka.topic-prefix", "p-"),
                Map.entry("downbeat.ingest.kafka.delivery-timeout", "6 s"),
                Map.entry("downbeat.ingest.kafka.request-timeout", "7 s"),
                Map.entry("downbeat.ingest.kafka.linger", "8 ms"),
                Map.entry("downbeat.ingest.kafka.buffer", "9 B"),
                Map.entry("downbeat.ingest.schema-registry.url", "http://r"),
                Map.entry("downbeat.ingest.schema-registry.patience", "10 s"),
                Map.entry("downbeat.ingest.cassandra.contact-point", "c:1"),
                Map.entry("downbeat.ingest.cassandra.datacenter", "d"),
                Map.entry("downbeat.ingest.cassandra.keyspace", "k"),
                Map.entry("downbeat.ingest.cassandra.request-timeout", "17 s"),
                Map.entry("downbeat.ingest.cassandra.max-in-flight", 18),
                Map.entry("downbeat.ingest.cassandra.retry-pause", "19 s"),
                Map.entry("downbeat.ingest.accounts.secret-file", "/s"),
                Map.entry("downbeat.ingest.accounts.token-keys.dir", "/t"),
                Map.entry("downbeat.ingest.accounts.token-keys.renewed", "20 d"),
                Map.entry("downbeat.ingest.accounts.access-token-life", "21 m"),
                Map.entry("downbeat.ingest.accounts.password-threads", 22),
                Map.entry("downbeat.ingest.accounts.oidc.issuer", "https://login.example.org"),
                Map.entry("downbeat.ingest.accounts.oidc.client-id", "c"),
                Map.entry("downbeat.ingest.plays.body", "11 B"),
                Map.entry("downbeat.ingest.plays.in-flight", "12 B"),
                Map.entry("downbeat.ingest.plays.read", "13 s"),
                Map.entry("downbeat.ingest.catalog.imports", 14),
                Map.entry("downbeat.ingest.catalog.line", "15 B"),
                Map.entry("downbeat.ingest.catalog.window", "16 B"),
                Map.entry("downbeat.ingest.catalog.slowest", "17 B"),
                Map.entry("downbeat.ingest.http.trusted-proxies", "10.0.0.1"),
                Map.entry("downbeat.ingest.http.cors-origins", "https://a, https://b:1"),
                Map.entry("downbeat.ingest.http.hsts", "18 s"),
                Map.entry("downbeat.ingest.http.head", "19 s"),
                Map.entry("downbeat.ingest.limits.address", rate(20)),
                Map.entry("downbeat.ingest.limits.sign-in", rate(23)),
                Map.entry("downbeat.ingest.limits.account", rate(26)),
                Map.entry("downbeat.ingest.limits.plays", rate(29)),
                Map.entry("downbeat.ingest.limits.unlimited", ""),
                Map.entry("downbeat.ingest.limits.buckets", 32),
                Map.entry("downbeat.ingest.failed-sign-ins.email", 33),
                Map.entry("downbeat.ingest.failed-sign-ins.address", 34),
                Map.entry("downbeat.ingest.failed-sign-ins.within", "35 s"),
                Map.entry("downbeat.ingest.failed-sign-ins.kept", 36)));

    assertThat(config)
        .isEqualTo(
            new IngestConfig(
                new IngestConfig.Http(
                    "0.0.0.0", 1, 2, 3, Duration.ofSeconds(4), Duration.ofSeconds(5)),
                new Guard.Settings(
                    List.of("10.0.0.1"),
                    List.of("https://a", "https://b:1"),
                    Duration.ofSeconds(18),
                    Duration.ofSeconds(19)),
                new RateLimits.Settings(
                    new Rate(20, Duration.ofSeconds(21), 22),
                    new Rate(23, Duration.ofSeconds(24), 25),
                    new Rate(26, Duration.ofSeconds(27), 28),
                    new Rate(29, Duration.ofSeconds(30), 31),
                    32,
                    List.of()),
                new SignInThrottle.Settings(33, 34, Duration.ofSeconds(35), 36),
                Path.of("/k"),
                new IngestConfig.Kafka(
                    "b:1",
                    "p-",
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(7),
                    Duration.ofMillis(8),
                    9),
                new IngestConfig.Registry("http://r", Duration.ofSeconds(10)),
                new Cassandra.Settings(
                    InetSocketAddress.createUnresolved("c", 1),
                    "d",
                    "k",
                    Duration.ofSeconds(17),
                    18,
                    Duration.ofSeconds(19)),
                new IngestConfig.Accounts(
                    Path.of("/s"),
                    Path.of("/t"),
                    Duration.ofDays(20),
                    Duration.ofMinutes(21),
                    22,
                    Optional.of(new IdentityProvider.Settings("https://login.example.org", "c"))),
                new IngestConfig.Plays(11, 12, Duration.ofSeconds(13)),
                new IngestConfig.Catalog(14, 15, 16, 17)));
  }

  private static Map<String, Object> rate(int first) {
    return Map.of("requests", first, "per", first + 1 + " s", "burst", first + 2);
  }

  @Test
  void aContactPointWithoutAPortIsRefused() {
    assertThatThrownBy(
            () ->
                with(
                    Map.of(
                        "downbeat.ingest.service-key-file", "key",
                        "downbeat.ingest.accounts.secret-file", "secret",
                        "downbeat.ingest.cassandra.contact-point", "somewhere")))
        .hasMessage("Cannot use cassandra.contact-point = 'somewhere': expected host:port");
  }

  @Test
  void aProviderIsNamedWhollyAndByAnAddressThatCanBeTrusted() {
    assertThatThrownBy(() -> withProvider("https://login.example.org", ""))
        .hasMessageContaining("OIDC_CLIENT_ID");
    assertThatThrownBy(() -> withProvider("", "c")).hasMessageContaining("OIDC_ISSUER");
    assertThatThrownBy(() -> withProvider("http://login.example.org", "c"))
        .hasMessage(
            "Cannot use accounts.oidc.issuer = 'http://login.example.org': expected https://host/…");
    assertThat(withProvider("http://localhost:1/realm", "c").accounts().provider()).isPresent();
  }

  private static IngestConfig withProvider(String issuer, String clientId) {
    return with(
        Map.of(
            "downbeat.ingest.service-key-file",
            "key",
            "downbeat.ingest.accounts.secret-file",
            "secret",
            "downbeat.ingest.accounts.oidc.issuer",
            issuer,
            "downbeat.ingest.accounts.oidc.client-id",
            clientId));
  }

  @Test
  void withoutAKeyFileItSaysWhatToSet() {
    assertThatThrownBy(() -> with(Map.of())).hasMessageContaining("SERVICE_KEY_FILE");
  }
}
