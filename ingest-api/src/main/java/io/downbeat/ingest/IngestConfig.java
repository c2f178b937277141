package io.downbeat.ingest;

import com.typesafe.config.Config;
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
import java.util.Optional;
import java.util.stream.Stream;

/** Settings of ingest-api; {@code reference.conf} says what each is for. */
record IngestConfig(
    Http http,
    Guard.Settings guard,
    RateLimits.Settings limits,
    SignInThrottle.Settings signIns,
    Path serviceKeyFile,
    Kafka kafka,
    Registry registry,
    Cassandra.Settings cassandra,
    Accounts accounts,
    Plays plays,
    Catalog catalog) {

  record Http(String host, int port, int threads, int connections, Duration idle, Duration stop) {}

  record Kafka(
      String bootstrapServers,
      String topicPrefix,
      Duration deliveryTimeout,
      Duration requestTimeout,
      Duration linger,
      long bufferBytes) {}

  record Registry(String url, Duration patience) {}

  record Accounts(
      Path secretFile,
      Path tokenKeysDir,
      Duration tokenKeysRenewed,
      Duration accessTokenLife,
      int passwordThreads,
      Optional<IdentityProvider.Settings> provider) {}

  record Plays(int bodyBytes, long inFlightBytes, Duration read) {}

  record Catalog(int imports, int lineBytes, int windowBytes, int slowest) {}

  static IngestConfig from(Config config) {
    Config ingest = config.getConfig("downbeat.ingest");
    if (!ingest.hasPath("service-key-file")) {
      throw new IllegalArgumentException(
          "Cannot start without a service key: set SERVICE_KEY_FILE to a file that holds one");
    }
    if (!ingest.hasPath("accounts.secret-file")) {
      throw new IllegalArgumentException(
          "Cannot start without a secret for accounts: set ACCOUNT_SECRET_FILE to a file that"
              + " holds at least 32 random bytes in Base64");
    }
    return new IngestConfig(
        new Http(
            ingest.getString("http.host"),
            ingest.getInt("http.port"),
            ingest.getInt("http.threads"),
            ingest.getInt("http.connections"),
            ingest.getDuration("http.idle"),
            ingest.getDuration("http.stop")),
        new Guard.Settings(
            list(ingest, "http.trusted-proxies"),
            list(ingest, "http.cors-origins"),
            ingest.getDuration("http.hsts"),
            ingest.getDuration("http.head")),
        new RateLimits.Settings(
            rate(ingest, "limits.address"),
            rate(ingest, "limits.sign-in"),
            rate(ingest, "limits.account"),
            rate(ingest, "limits.plays"),
            ingest.getLong("limits.buckets"),
            list(ingest, "limits.unlimited")),
        new SignInThrottle.Settings(
            ingest.getLong("failed-sign-ins.email"),
            ingest.getLong("failed-sign-ins.address"),
            ingest.getDuration("failed-sign-ins.within"),
            ingest.getLong("failed-sign-ins.kept")),
        Path.of(ingest.getString("service-key-file")),
        new Kafka(
            ingest.getString("kafka.bootstrap-servers"),
            ingest.getString("kafka.topic-prefix"),
            ingest.getDuration("kafka.delivery-timeout"),
            ingest.getDuration("kafka.request-timeout"),
            ingest.getDuration("kafka.linger"),
            ingest.getBytes("kafka.buffer")),
        new Registry(
            ingest.getString("schema-registry.url"),
            ingest.getDuration("schema-registry.patience")),
        new Cassandra.Settings(
            address("cassandra.contact-point", ingest.getString("cassandra.contact-point")),
            ingest.getString("cassandra.datacenter"),
            ingest.getString("cassandra.keyspace"),
            ingest.getDuration("cassandra.request-timeout"),
            ingest.getInt("cassandra.max-in-flight"),
            ingest.getDuration("cassandra.retry-pause")),
        new Accounts(
            Path.of(ingest.getString("accounts.secret-file")),
            Path.of(ingest.getString("accounts.token-keys.dir")).toAbsolutePath().normalize(),
            ingest.getDuration("accounts.token-keys.renewed"),
            ingest.getDuration("accounts.access-token-life"),
            ingest.getInt("accounts.password-threads"),
            provider(ingest)),
        new Plays(
            Math.toIntExact(ingest.getBytes("plays.body")),
            ingest.getBytes("plays.in-flight"),
            ingest.getDuration("plays.read")),
        new Catalog(
            ingest.getInt("catalog.imports"),
            Math.toIntExact(ingest.getBytes("catalog.line")),
            Math.toIntExact(ingest.getBytes("catalog.window")),
            Math.toIntExact(ingest.getBytes("catalog.slowest"))));
  }

  private static Optional<IdentityProvider.Settings> provider(Config config) {
    String issuer = config.getString("accounts.oidc.issuer");
    String clientId = config.getString("accounts.oidc.client-id");
    if (issuer.isEmpty() != clientId.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use an identity provider without both OIDC_ISSUER and OIDC_CLIENT_ID");
    }
    return issuer.isEmpty()
        ? Optional.empty()
        : Optional.of(new IdentityProvider.Settings(issuer, clientId));
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
