package io.downbeat.ingest.oidc;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which a provider signs, as its discovery document (OpenID Connect Discovery 1.0)
 * leads to them. They are read anew every ten minutes, and once in five seconds at most where a
 * token doesn't fit them; while the provider is away, those that were read last count for a day.
 * Thread-safe; no thread waits.
 */
final class ProviderKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration AT_MOST_EACH = Duration.ofSeconds(5);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(4);
  private static final int MOST_BYTES = 256 << 10;

  /** One reading of all keys, and when it began. */
  private record Reading(CompletableFuture<List<JsonWebKey>> keys, long began) {}

  private record Known(List<JsonWebKey> keys, long readAt) {
    boolean isYoungerThan(Duration age) {
      return System.nanoTime() - readAt < age.toNanos();
    }
  }

  private final String issuer;
  private final HttpClient http;
  private volatile @Nullable Known known;
  private @Nullable Reading latest;

  /**
   * @param executor for the client's work
   */
  ProviderKeys(String issuer, Executor executor) {
    this.issuer = issuer;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor)
            .build();
  }

  /** Fails if they cannot be read, and were not in the last day. */
  CompletableFuture<List<JsonWebKey>> current() {
    Known before = known;
    if (before != null && before.isYoungerThan(FRESH)) {
      return CompletableFuture.completedFuture(before.keys());
    }
    return reading()
        .exceptionallyCompose(
            failure ->
                before != null && before.isYoungerThan(KEPT)
                    ? CompletableFuture.completedFuture(before.keys())
                    : CompletableFuture.failedFuture(failure));
  }

  /** Those that are there now, or were some seconds ago; fails if they cannot be read. */
  CompletableFuture<List<JsonWebKey>> newest() {
    return reading();
  }

  private synchronized CompletableFuture<List<JsonWebKey>> reading() {
    Reading last = latest;
    long now = System.nanoTime();
    if (last != null && (!last.keys().isDone() || now - last.began() < AT_MOST_EACH.toNanos())) {
      return last.keys();
    }
    CompletableFuture<List<JsonWebKey>> keys = read();
    latest = new Reading(keys, now);
    return keys;
  }

  private CompletableFuture<List<JsonWebKey>> read() {
    return get(URI.create(withoutSlash(issuer) + DISCOVERY))
        .thenApply(this::keysUri)
        .thenCompose(this::get)
        .thenApply(this::keep)
        .whenComplete(
            (keys, failure) -> {
              if (failure != null) {
                LOG.warn("Cannot read the keys of the identity provider: {}", failure.toString());
              }
            });
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private CompletableFuture<String> get(URI uri) {
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(ANSWER).header("Accept", "application/json").build();
    return http.sendAsync(request, head -> new ShortBody(MOST_BYTES))
        .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(
            answer -> {
              if (answer.statusCode() != 200) {
                throw broken("%s answers %d".formatted(uri, answer.statusCode()), null);
              }
              return new String(answer.body(), StandardCharsets.UTF_8);
            });
  }

  private URI keysUri(String document) {
    try {
      Map<String, Object> metadata = JsonUtil.parseJson(document);
      if (!issuer.equals(metadata.get("issuer"))) {
        throw broken("its discovery document names another issuer", null);
      }
      return IdentityProvider.trustworthy("jwks_uri", String.valueOf(metadata.get("jwks_uri")));
    } catch (JoseException | IllegalArgumentException e) {
      throw broken("its discovery document cannot be used", e);
    }
  }

  private List<JsonWebKey> keep(String document) {
    try {
      List<JsonWebKey> keys = List.copyOf(new JsonWebKeySet(document).getJsonWebKeys());
      known = new Known(keys, System.nanoTime());
      return keys;
    } catch (JoseException e) {
      throw broken("its keys cannot be used", e);
    }
  }

  private static CompletionException broken(String what, @Nullable Exception cause) {
    return new CompletionException(new IOException(what, cause));
  }
}
