package io.downbeat.ingest.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.access.PublicKeys;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Cassandra;
import io.downbeat.ingest.owned.Cassandra.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.lang.JoseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign access tokens: Ed25519 key pairs as JSON Web Keys, a file each in one folder,
 * looked at every few seconds. The first is made here, and another when the newest is old. Public
 * halves are in table {@code token_keys}; a new key signs once it has been there for a minute, so
 * that everyone knows it. Those of keys that sign no more stay there: nobody is signed out by a new
 * key. Each process may have a folder of its own. Thread-safe.
 */
public final class SigningKeys implements PublicKeys, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
  private static final Duration KNOWN_AFTER = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String ENDING = ".jwk";

  private record Published(PublicKey key, Instant addedAt) {}

  private final Path folder;
  private final Duration renewed;
  private final Cassandra cassandra;
  private final Clock clock;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "signing-keys");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Map<String, OctetKeyPairJsonWebKey> own;
  private volatile Map<String, Published> published = Map.of();

  /**
   * @param renewed after which a key is old
   * @throws IllegalArgumentException saying what is wrong with the folder or a file in it
   */
  public SigningKeys(Path folder, Duration renewed, Cassandra cassandra, Clock clock) {
    this.folder = folder;
    this.renewed = renewed;
    this.cassandra = cassandra;
    this.clock = clock;
    this.own = readOrMake();
  }

  /** Begins to look. */
  public void start() {
    looking.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }

  /**
   * The one to sign with.
   *
   * @throws Problem 503 while none is published
   */
  OctetKeyPairJsonWebKey newest() {
    Map<String, Published> known = published;
    Instant since = clock.instant().minus(KNOWN_AFTER);
    Comparator<OctetKeyPairJsonWebKey> byAge =
        Comparator.comparing(key -> Objects.requireNonNull(known.get(key.getKeyId())).addedAt());
    List<OctetKeyPairJsonWebKey> usable =
        own.values().stream().filter(key -> known.containsKey(key.getKeyId())).toList();
    return usable.stream()
        .filter(key -> !Objects.requireNonNull(known.get(key.getKeyId())).addedAt().isAfter(since))
        .max(byAge)
        .or(() -> usable.stream().min(byAge))
        .orElseThrow(() -> Problem.unavailable("Nobody can be signed in at the moment"));
  }

  @Override
  public Optional<PublicKey> find(String kid) {
    return Optional.ofNullable(published.get(kid)).map(Published::key);
  }

  private void look() {
    try {
      own = readOrMake();
      publish();
      Map<String, Published> all = new HashMap<>();
      for (Row row : await("SELECT kid, public_key, added_at FROM token_keys")) {
        all.put(
            Objects.requireNonNull(row.getString("kid")),
            new Published(
                pair(Objects.requireNonNull(row.getString("public_key"))).getPublicKey(),
                Objects.requireNonNull(row.getInstant("added_at"))));
      }
      published = all;
    } catch (ExecutionException
        | TimeoutException
        | JoseException
        | IllegalArgumentException
        | UncheckedIOException e) {
      LOG.debug("Cannot look at the signing keys now", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish() throws ExecutionException, InterruptedException, TimeoutException {
    for (OctetKeyPairJsonWebKey key : own.values()) {
      if (!published.containsKey(key.getKeyId())) {
        cassandra
            .writeIf(
                List.of(
                    Write.of(
                        "INSERT INTO token_keys (kid, public_key, added_at) VALUES (?, ?, ?)"
                            + " IF NOT EXISTS",
                        key.getKeyId(),
                        key.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY),
                        clock.instant())))
            .toCompletableFuture()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private List<Row> await(String query)
      throws ExecutionException, InterruptedException, TimeoutException {
    return cassandra
        .rows(query)
        .toCompletableFuture()
        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Map<String, OctetKeyPairJsonWebKey> readOrMake() {
    Map<String, OctetKeyPairJsonWebKey> keys = new HashMap<>();
    Instant newest = Instant.EPOCH;
    try {
      Files.createDirectories(folder);
      for (Path file : files()) {
        Instant made = Files.getLastModifiedTime(file).toInstant();
        newest = made.isAfter(newest) ? made : newest;
        OctetKeyPairJsonWebKey key = pair(Files.readString(file, StandardCharsets.UTF_8));
        if (key.getKeyId() == null || key.getPrivateKey() == null) {
          throw new JoseException("no kid or no private half");
        }
        keys.put(key.getKeyId(), key);
      }
      if (newest.plus(renewed).isBefore(clock.instant())) {
        OctetKeyPairJsonWebKey key = make();
        keys.put(key.getKeyId(), key);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read token keys in " + folder + ": " + e.getClass().getSimpleName(), e);
    } catch (JoseException e) {
      // Without its message and cause, which may hold what stands in the file.
      throw new IllegalArgumentException(
          "Cannot use token keys in " + folder + ": each must be an Ed25519 key pair with a kid");
    }
    return keys;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(each -> each.toString().endsWith(ENDING)).toList();
    }
  }

  /** Whole or not there, for its owner alone. */
  private OctetKeyPairJsonWebKey make() throws IOException, JoseException {
    OctetKeyPairJsonWebKey key =
        OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
    key.setKeyId(UUID.randomUUID().toString());
    Path written = Files.createTempFile(folder, "key", ".tmp");
    Files.writeString(written, key.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE));
    Files.move(written, folder.resolve(key.getKeyId() + ENDING), StandardCopyOption.ATOMIC_MOVE);
    return key;
  }

  private static OctetKeyPairJsonWebKey pair(String json) throws JoseException {
    if (JsonWebKey.Factory.newJwk(json) instanceof OctetKeyPairJsonWebKey pair) {
      return pair;
    }
    throw new JoseException("no octet key pair");
  }
}
