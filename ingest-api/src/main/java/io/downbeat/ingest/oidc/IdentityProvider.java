package io.downbeat.ingest.oidc;

import io.downbeat.ingest.http.Problem;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.InvalidJwtSignatureException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect provider, whose ID tokens say who somebody is (OpenID Connect Core 1.0, section
 * 3.1.3.7). Its word counts where it is signed by one of its keys, for our client, and is neither
 * over nor older than an hour. Thread-safe; no thread waits.
 */
public final class IdentityProvider {

  /**
   * @param issuer as it stands in the tokens
   * @param clientId by which the provider knows our clients
   */
  public record Settings(String issuer, String clientId) {
    public Settings {
      trustworthy("accounts.oidc.issuer", issuer);
    }
  }

  /**
   * Who somebody is.
   *
   * @param subject never given to anyone else by this issuer
   * @param name as the provider shows it; may be empty
   */
  public record Identity(String issuer, String subject, String name) {}

  private static final Duration SKEW = Duration.ofSeconds(30);
  private static final Duration OLDEST = Duration.ofHours(1);
  private static final int LONGEST_SUBJECT = 255;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String[] SIGNATURES = {
    AlgorithmIdentifiers.RSA_USING_SHA256,
    AlgorithmIdentifiers.RSA_USING_SHA384,
    AlgorithmIdentifiers.RSA_USING_SHA512,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
    AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
    AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
    AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
    AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
    AlgorithmIdentifiers.EDDSA
  };

  private final Settings settings;
  private final ProviderKeys keys;
  private final Clock clock;

  public IdentityProvider(Settings settings, Executor executor, Clock clock) {
    this.settings = settings;
    this.keys = new ProviderKeys(settings.issuer(), executor);
    this.clock = clock;
  }

  public String issuer() {
    return settings.issuer();
  }

  /**
   * Who the token is about. Fails with {@link Problem}: 401 if it doesn't count, 503 if that cannot
   * be told since the provider is away.
   *
   * @param nonce that must stand in the token; null if none was asked for
   */
  public CompletableFuture<Identity> verify(String idToken, @Nullable String nonce) {
    return keys.current()
        .exceptionallyCompose(away -> unavailable())
        .thenCompose(
            known -> {
              try {
                return CompletableFuture.completedFuture(identity(idToken, nonce, known));
              } catch (InvalidJwtException e) {
                return isOfOtherKeys(e)
                    ? verifyAgain(idToken, nonce)
                    : CompletableFuture.failedFuture(invalid(e));
              }
            });
  }

  /** The provider may have other keys by now. */
  private CompletableFuture<Identity> verifyAgain(String idToken, @Nullable String nonce) {
    return keys.newest()
        .exceptionallyCompose(away -> unavailable())
        .thenApply(
            newest -> {
              try {
                return identity(idToken, nonce, newest);
              } catch (InvalidJwtException e) {
                throw invalid(e);
              }
            });
  }

  private static boolean isOfOtherKeys(InvalidJwtException e) {
    return e instanceof InvalidJwtSignatureException
        || e.getCause() instanceof UnresolvableKeyException;
  }

  private Identity identity(String idToken, @Nullable String nonce, List<JsonWebKey> known)
      throws InvalidJwtException {
    JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(known);
    resolver.setDisambiguateWithVerifySignature(true);
    JwtConsumer consumer =
        new JwtConsumerBuilder()
            .setVerificationKeyResolver(resolver)
            .setJwsAlgorithmConstraints(ConstraintType.PERMIT, SIGNATURES)
            .setExpectedIssuer(settings.issuer())
            .setExpectedAudience(settings.clientId())
            .setRequireSubject()
            .setRequireExpirationTime()
            .setRequireIssuedAt()
            .setIssuedAtRestrictions((int) SKEW.toSeconds(), (int) OLDEST.toSeconds())
            .setAllowedClockSkewInSeconds((int) SKEW.toSeconds())
            .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
            .build();
    JwtClaims claims = consumer.processToClaims(idToken);
    try {
      String party = claims.getStringClaimValue("azp");
      if (party == null ? claims.getAudience().size() > 1 : !party.equals(settings.clientId())) {
        throw invalid("it was issued to another client");
      }
      if (nonce != null && !nonce.equals(claims.getStringClaimValue("nonce"))) {
        throw invalid("its nonce is another");
      }
      if (claims.getSubject().isEmpty() || claims.getSubject().length() > LONGEST_SUBJECT) {
        throw invalid("its subject must have 1 to " + LONGEST_SUBJECT + " characters");
      }
      String name = claims.getStringClaimValue("name");
      return new Identity(settings.issuer(), claims.getSubject(), name == null ? "" : name);
    } catch (MalformedClaimException e) {
      throw invalid("a claim is not text");
    }
  }

  private static Problem invalid(InvalidJwtException e) {
    return invalid(
        isOfOtherKeys(e)
            ? "it is not signed by a key of the provider"
            : e.hasErrorCode(ErrorCodes.EXPIRED)
                ? "its time is over"
                : e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID)
                    ? "it is for another client"
                    : e.hasErrorCode(ErrorCodes.ISSUER_INVALID)
                        ? "it is of another issuer"
                        : "it breaks a rule of OpenID Connect");
  }

  private static Problem invalid(String why) {
    return new Problem(401, "The id_token does not count: " + why)
        .with("field", "id_token")
        .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  }

  private static <T> CompletableFuture<T> unavailable() {
    return CompletableFuture.failedFuture(
        Problem.unavailable("The identity provider does not answer; nothing was changed"));
  }

  /**
   * @throws IllegalArgumentException unless whoever answers there is known by a certificate, or is
   *     this machine
   */
  static URI trustworthy(String name, String url) {
    URI uri = URI.create(url);
    String host = uri.getHost();
    boolean isLocal =
        "http".equals(uri.getScheme())
            && host != null
            && LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
    if (host == null || !("https".equals(uri.getScheme()) || isLocal)) {
      throw new IllegalArgumentException(
          "Cannot use %s = '%s': expected https://host/…".formatted(name, url));
    }
    return uri;
  }
}
