package io.downbeat.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.downbeat.access.InvalidTokenException.Reason;
import io.downbeat.schemas.rules.Plan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bouncycastle.jcajce.provider.asymmetric.edec.SignatureSpi;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens as they are sent: JWTs (RFC 7519, 9068) signed with EdDSA over Ed25519 (RFC 8037)
 * and nothing else.
 *
 * <p>Verifies them: a signature is checked once per token, and the key's presence each time, so
 * that a key that is withdrawn takes its tokens with it. Whether the session still is, only {@link
 * AccountChanges} knows. Thread-safe.
 */
public final class AccessTokens {
  public static final String ISSUER = "downbeat";
  public static final String TYPE = "at+jwt";
  public static final String ALGORITHM = AlgorithmIdentifiers.EDDSA;
  public static final String DEVICE = "dev";
  public static final String SESSION = "ses";
  public static final String PLAN = "plan";
  public static final String VERSION = "ver";

  /** Longest from issue to expiry. */
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  /** By which the clocks of signer and verifier may differ. */
  public static final Duration SKEW = Duration.ofSeconds(30);

  private static final int MOST_CHARS = 4 << 10;
  private static final int MOST_KEPT = 50_000;
  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");
  private static final AlgorithmConstraints ONLY_EDDSA =
      new AlgorithmConstraints(ConstraintType.PERMIT, ALGORITHM);

  /** Each token is signed once and verified once in each process: the JDK's own EdDSA is slow. */
  private static final ProviderContext BOUNCY_CASTLE = bouncyCastle();

  private record Verified(AccessToken token, String kid, PublicKey key) {}

  private final PublicKeys keys;
  private final Clock clock;

  /** By the token's SHA-256: what is kept is worth nothing to whoever reads it. */
  private final Cache<ByteBuffer, Verified> verified;

  public AccessTokens(PublicKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEPT)
            .expireAfter(
                Expiry.creating(
                    (ByteBuffer hash, Verified each) ->
                        Duration.between(clock.instant(), each.token().expiresAt().plus(SKEW))))
            .executor(Runnable::run)
            .build();
  }

  /**
   * @param key with its id and its private half
   * @throws IllegalArgumentException if the token would not live from now for at most {@link
   *     #LIFETIME}
   */
  public static String sign(AccessToken token, OctetKeyPairJsonWebKey key, Instant now) {
    long seconds = token.expiresAt().getEpochSecond() - now.getEpochSecond();
    if (seconds <= 0 || seconds > LIFETIME.toSeconds()) {
      throw new IllegalArgumentException(
          "A token lives for 1 to %d s, not %d".formatted(LIFETIME.toSeconds(), seconds));
    }
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(ISSUER);
    claims.setSubject(token.userId().toString());
    claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(token.expiresAt().getEpochSecond()));
    claims.setStringClaim(DEVICE, token.deviceId().toString());
    claims.setStringClaim(SESSION, token.sessionId().toString());
    claims.setStringClaim(PLAN, token.plan().key());
    claims.setClaim(VERSION, token.version());
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmHeaderValue(ALGORITHM);
    jws.setKeyIdHeaderValue(kid(key));
    jws.setHeader("typ", TYPE);
    jws.setPayload(claims.toJson());
    jws.setProviderContext(BOUNCY_CASTLE);
    jws.setKey(key.getPrivateKey());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("Cannot sign with token key " + kid(key), e);
    }
  }

  static String kid(OctetKeyPairJsonWebKey key) {
    String kid = key.getKeyId();
    if (kid == null || kid.isEmpty()) {
      throw new IllegalArgumentException("A token key has no id");
    }
    return kid;
  }

  /**
   * @throws InvalidTokenException if it was not signed here as an access token that lives now
   * @throws PublicKeys.UnavailableException if its key is not known and the keys cannot be read
   */
  public AccessToken verify(String jwt) throws InvalidTokenException {
    if (jwt.length() > MOST_CHARS) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
    ByteBuffer hash = ByteBuffer.wrap(sha256(jwt));
    Verified known = verified.getIfPresent(hash);
    if (known != null && keys.find(known.kid()).filter(known.key()::equals).isPresent()) {
      requireUnexpired(known.token().expiresAt(), clock.instant());
      return known.token();
    }
    Verified checked = check(jwt);
    verified.put(hash, checked);
    return checked.token();
  }

  private Verified check(String jwt) throws InvalidTokenException {
    JsonWebSignature jws = parsed(jwt);
    if (!ALGORITHM.equals(header(jws, "alg"))) {
      throw new InvalidTokenException(Reason.WRONG_ALGORITHM);
    }
    if (!TYPE.equals(header(jws, "typ"))) {
      throw new InvalidTokenException(Reason.WRONG_TYPE);
    }
    if (!(header(jws, "kid") instanceof String kid)) {
      throw new InvalidTokenException(Reason.UNKNOWN_KEY);
    }
    PublicKey key = keys.find(kid).orElseThrow(() -> new InvalidTokenException(Reason.UNKNOWN_KEY));
    return new Verified(token(claims(jws, key)), kid, key);
  }

  private static JsonWebSignature parsed(String jwt) throws InvalidTokenException {
    if (!COMPACT.matcher(jwt).matches()) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmConstraints(ONLY_EDDSA);
    jws.setProviderContext(BOUNCY_CASTLE);
    try {
      jws.setCompactSerialization(jwt);
      return jws;
    } catch (JoseException | RuntimeException e) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
  }

  /** Of whatever JSON type. */
  private static @Nullable Object header(JsonWebSignature jws, String name) {
    return jws.getHeaders().getObjectHeaderValue(name);
  }

  /** The library throws what it will at headers of the wrong type. */
  private static JwtClaims claims(JsonWebSignature jws, PublicKey key)
      throws InvalidTokenException {
    jws.setKey(key);
    try {
      if (jws.verifySignature()) {
        return JwtClaims.parse(jws.getPayload());
      }
    } catch (JoseException | InvalidJwtException | RuntimeException e) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
    throw new InvalidTokenException(Reason.WRONG_SIGNATURE);
  }

  private AccessToken token(JwtClaims claims) throws InvalidTokenException {
    if (!ISSUER.equals(claims.getClaimValue("iss"))) {
      throw new InvalidTokenException(Reason.WRONG_ISSUER);
    }
    Instant now = clock.instant();
    Instant issuedAt = time(claims, "iat");
    Instant expiresAt = time(claims, "exp");
    requireUnexpired(expiresAt, now);
    if (issuedAt.isAfter(now.plus(SKEW))) {
      throw new InvalidTokenException(Reason.NOT_YET);
    }
    if (expiresAt.isAfter(issuedAt.plus(LIFETIME))) {
      throw new InvalidTokenException(Reason.LIVES_TOO_LONG);
    }
    return new AccessToken(
        id(claims, "sub"),
        id(claims, DEVICE),
        id(claims, SESSION),
        plan(claims),
        number(claims, VERSION),
        expiresAt);
  }

  private static void requireUnexpired(Instant expiresAt, Instant now)
      throws InvalidTokenException {
    if (!now.isBefore(expiresAt.plus(SKEW))) {
      throw new InvalidTokenException(Reason.EXPIRED);
    }
  }

  private static Instant time(JwtClaims claims, String name) throws InvalidTokenException {
    try {
      Instant time = Instant.ofEpochSecond(number(claims, name));
      if (time.isBefore(Instant.MAX.minus(LIFETIME).minus(LIFETIME))) {
        return time;
      }
    } catch (DateTimeException e) {
      // Refused below.
    }
    throw new InvalidTokenException(Reason.MALFORMED);
  }

  private static UUID id(JwtClaims claims, String name) throws InvalidTokenException {
    String text = text(claims, name);
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new InvalidTokenException(Reason.MALFORMED);
  }

  private static Plan plan(JwtClaims claims) throws InvalidTokenException {
    try {
      return Plan.of(text(claims, PLAN));
    } catch (IllegalArgumentException e) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
  }

  private static String text(JwtClaims claims, String name) throws InvalidTokenException {
    if (claim(claims, name) instanceof String text) {
      return text;
    }
    throw new InvalidTokenException(Reason.MALFORMED);
  }

  private static long number(JwtClaims claims, String name) throws InvalidTokenException {
    if (claim(claims, name) instanceof Long number && number >= 0) {
      return number;
    }
    throw new InvalidTokenException(Reason.MALFORMED);
  }

  private static Object claim(JwtClaims claims, String name) throws InvalidTokenException {
    Object value = claims.getClaimValue(name);
    if (value == null) {
      throw new InvalidTokenException(Reason.MISSING_CLAIM);
    }
    return value;
  }

  private static byte[] sha256(String jwt) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(jwt.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }

  private static ProviderContext bouncyCastle() {
    Security.addProvider(new EdDsa());
    ProviderContext context = new ProviderContext();
    context.getSuppliedKeyProviderContext().setSignatureProvider(EdDsa.NAME);
    return context;
  }

  /** Bouncy Castle's EdDSA alone: to load all that it has would lengthen every start. */
  private static final class EdDsa extends Provider {
    private static final long serialVersionUID = 1;
    static final String NAME = "DownbeatEdDSA";

    EdDsa() {
      super(NAME, "1", "EdDSA by Bouncy Castle");
      putService(
          new Service(this, "Signature", "EdDSA", SignatureSpi.EdDSA.class.getName(), null, null));
    }
  }
}
