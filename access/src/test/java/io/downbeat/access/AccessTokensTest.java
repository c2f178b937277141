package io.downbeat.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.downbeat.access.InvalidTokenException.Reason;
import io.downbeat.schemas.rules.Plan;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.NamedParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as their signer makes them, and as an attacker would. */
final class AccessTokensTest {
  private static final Instant NOW = Instant.parse("2026-03-10T15:42:07Z");
  private static final OctetKeyPairJsonWebKey KEY = key("first");

  private final AccessToken token =
      new AccessToken(
          UUID.randomUUID(),
          UUID.randomUUID(),
          UUID.randomUUID(),
          Plan.PREMIUM,
          41,
          NOW.plus(AccessTokens.LIFETIME));
  private final Map<String, PublicKey> keys = new HashMap<>(Map.of("first", KEY.getPublicKey()));

  private static OctetKeyPairJsonWebKey key(String kid) {
    try {
      OctetKeyPairJsonWebKey key =
          OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
      key.setKeyId(kid);
      return key;
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  private AccessTokens at(Instant now) {
    return new AccessTokens(
        kid -> Optional.ofNullable(keys.get(kid)), Clock.fixed(now, ZoneOffset.UTC));
  }

  private static void assertRefused(AccessTokens tokens, String jwt, Reason reason) {
    InvalidTokenException refusal =
        catchThrowableOfType(InvalidTokenException.class, () -> tokens.verify(jwt));
    assertThat(refusal).as("refused").isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    if (jwt.length() > 8) {
      assertThat(refusal.getMessage()).doesNotContain(jwt);
    }
  }

  private Map<String, Object> header() {
    return new LinkedHashMap<>(Map.of("alg", "EdDSA", "kid", "first", "typ", "at+jwt"));
  }

  private Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "downbeat");
    claims.put("sub", token.userId().toString());
    claims.put("dev", token.deviceId().toString());
    claims.put("ses", token.sessionId().toString());
    claims.put("plan", "premium");
    claims.put("ver", 41);
    claims.put("iat", NOW.getEpochSecond());
    claims.put("exp", NOW.getEpochSecond() + 900);
    return claims;
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What a signer would do who has the key, whatever it is asked to sign. */
  private static String signed(
      OctetKeyPairJsonWebKey key, Map<String, Object> header, String payload) {
    JsonWebSignature jws = new JsonWebSignature();
    header.forEach((name, value) -> jws.getHeaders().setObjectHeaderValue(name, value));
    jws.setPayload(payload);
    jws.setKey(key.getPrivateKey());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  private String signed(Map<String, Object> claims) {
    return signed(KEY, header(), JsonUtil.toJson(claims));
  }

  private String with(String claim, Object value) {
    Map<String, Object> claims = claims();
    claims.put(claim, value);
    return signed(claims);
  }

  @Test
  void whatWasSignedIsVerified() throws Exception {
    String jwt = AccessTokens.sign(token, KEY, NOW);

    assertThat(at(NOW).verify(jwt)).isEqualTo(token);
    assertThat(at(NOW).verify(signed(claims()))).isEqualTo(token);
    for (Plan plan : Plan.values()) {
      AccessToken each = token.withPlan(plan);
      assertThat(at(NOW).verify(AccessTokens.sign(each, KEY, NOW))).isEqualTo(each);
    }
  }

  @Test
  void theHeaderNamesTypeAlgorithmAndKey() {
    String header = AccessTokens.sign(token, KEY, NOW).split("\\.")[0];

    assertThat(new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
        .contains("\"typ\":\"at+jwt\"", "\"alg\":\"EdDSA\"", "\"kid\":\"first\"");
  }

  @Test
  void aTokenThatWouldLiveTooLongOrNotAtAllIsNotSigned() {
    for (Duration life : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(901))) {
      AccessToken other =
          new AccessToken(
              token.userId(), token.deviceId(), token.sessionId(), Plan.FREE, 1, NOW.plus(life));
      assertThatThrownBy(() -> AccessTokens.sign(other, KEY, NOW))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () ->
                AccessTokens.sign(
                    token,
                    OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519),
                    NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no id");
  }

  @Test
  void itExpiresHalfAMinuteAfterItsTimeAtTheLatest() throws Exception {
    String jwt = AccessTokens.sign(token, KEY, NOW);

    assertThat(at(token.expiresAt().plusSeconds(29)).verify(jwt)).isEqualTo(token);
    assertRefused(at(token.expiresAt().plusSeconds(30)), jwt, Reason.EXPIRED);
    assertRefused(at(NOW.plusSeconds(100_000)), jwt, Reason.EXPIRED);
  }

  @Test
  void oneThatIsKeptExpiresTooAndGoesWithItsKey() throws Exception {
    Ticking clock = new Ticking(NOW);
    AccessTokens tokens = new AccessTokens(kid -> Optional.ofNullable(keys.get(kid)), clock);
    String jwt = AccessTokens.sign(token, KEY, NOW);
    tokens.verify(jwt);

    PublicKey key = keys.remove("first");
    assertRefused(tokens, jwt, Reason.UNKNOWN_KEY);
    keys.put("first", key("first").getPublicKey());
    assertRefused(tokens, jwt, Reason.WRONG_SIGNATURE);
    keys.put("first", key);
    assertThat(tokens.verify(jwt)).isEqualTo(token);
    clock.now = token.expiresAt().plusSeconds(30);
    assertRefused(tokens, jwt, Reason.EXPIRED);
  }

  @Test
  void aSignatureIsCheckedOncePerToken() throws Exception {
    Counting counting = new Counting((EdECPublicKey) KEY.getPublicKey());
    AccessTokens tokens =
        new AccessTokens(kid -> Optional.of(counting), Clock.fixed(NOW, ZoneOffset.UTC));
    String jwt = AccessTokens.sign(token, KEY, NOW);

    tokens.verify(jwt);
    int once = counting.uses.get();
    for (int i = 0; i < 10; i++) {
      assertThat(tokens.verify(jwt)).isEqualTo(token);
    }

    assertThat(once).isPositive();
    assertThat(counting.uses).hasValue(once);
    tokens.verify(AccessTokens.sign(token.withPlan(Plan.FREE), KEY, NOW));
    assertThat(counting.uses).hasValue(2 * once);
  }

  @Test
  void oneFromTheFutureIsRefused() throws Exception {
    String jwt = AccessTokens.sign(token, KEY, NOW);

    assertThat(at(NOW.minusSeconds(30)).verify(jwt)).isEqualTo(token);
    assertRefused(at(NOW.minusSeconds(31)), jwt, Reason.NOT_YET);
  }

  @Test
  void oneThatLivesTooLongIsRefusedWhoeverSignedIt() {
    assertRefused(at(NOW), with("exp", NOW.getEpochSecond() + 901), Reason.LIVES_TOO_LONG);
    assertRefused(at(NOW), with("exp", NOW.getEpochSecond() + 1e9), Reason.MALFORMED);
    assertRefused(at(NOW), with("exp", Long.MAX_VALUE), Reason.MALFORMED);
    assertRefused(at(NOW), with("iat", Long.MIN_VALUE), Reason.MALFORMED);
    assertRefused(at(NOW), with("iat", 0), Reason.LIVES_TOO_LONG);
    assertRefused(at(NOW), with("iat", NOW.getEpochSecond() + 31), Reason.NOT_YET);
  }

  @Test
  void anUnsignedOneIsRefused() {
    for (String alg : List.of("none", "None", "NONE", "nOnE")) {
      String head = base64("{\"alg\":\"" + alg + "\",\"kid\":\"first\",\"typ\":\"at+jwt\"}");
      String body = base64(JsonUtil.toJson(claims()));

      assertRefused(at(NOW), head + "." + body + ".", Reason.MALFORMED);
      assertRefused(at(NOW), head + "." + body, Reason.MALFORMED);
      assertRefused(at(NOW), head + "." + body + ".AAAA", Reason.WRONG_ALGORITHM);
      assertRefused(
          at(NOW),
          head + "." + body + "." + AccessTokens.sign(token, KEY, NOW).split("\\.")[2],
          Reason.WRONG_ALGORITHM);
    }
  }

  @Test
  void oneSignedWithThePublicKeyAsASecretIsRefused() throws Exception {
    byte[] raw = Base64.getUrlDecoder().decode((String) PublicJwk.of(KEY).parameters().get("x"));
    for (byte[] secret :
        List.of(
            raw,
            KEY.getPublicKey().getEncoded(),
            PublicJwk.of(KEY).toJson().getBytes(StandardCharsets.UTF_8))) {
      String signed =
          base64("{\"alg\":\"HS256\",\"kid\":\"first\",\"typ\":\"at+jwt\"}")
              + "."
              + base64(JsonUtil.toJson(claims()));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String jwt = signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));

      assertRefused(at(NOW), jwt, Reason.WRONG_ALGORITHM);
    }
  }

  @Test
  void anotherAlgorithmIsRefusedWithItsOwnKeyToo() throws Exception {
    org.jose4j.jwk.RsaJsonWebKey rsa = RsaJwkGenerator.generateJwk(2048);
    keys.put("rsa", rsa.getPublicKey());
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmHeaderValue("RS256");
    jws.setKeyIdHeaderValue("rsa");
    jws.setHeader("typ", "at+jwt");
    jws.setPayload(JsonUtil.toJson(claims()));
    jws.setKey(rsa.getPrivateKey());

    assertRefused(at(NOW), jws.getCompactSerialization(), Reason.WRONG_ALGORITHM);
    Map<String, Object> header = header();
    header.put("kid", "rsa");
    assertRefused(at(NOW), signed(KEY, header, JsonUtil.toJson(claims())), Reason.MALFORMED);
  }

  @Test
  void anotherKeysSignatureIsRefused() {
    String forged = AccessTokens.sign(token, key("first"), NOW);

    assertRefused(at(NOW), forged, Reason.WRONG_SIGNATURE);
    keys.put("second", key("second").getPublicKey());
    assertRefused(at(NOW), forged, Reason.WRONG_SIGNATURE);
  }

  @Test
  void aKeyThatTheTokenBringsAlongIsNotUsed() throws Exception {
    OctetKeyPairJsonWebKey own = key("first");
    Map<String, Object> header = header();
    header.put("jwk", own.toParams(OutputControlLevel.PUBLIC_ONLY));
    header.put("jku", "http://127.0.0.1:1/keys");

    assertRefused(at(NOW), signed(own, header, JsonUtil.toJson(claims())), Reason.WRONG_SIGNATURE);
  }

  @Test
  void anUnknownKeyOrNoneIsRefused() {
    assertRefused(at(NOW), AccessTokens.sign(token, key("other"), NOW), Reason.UNKNOWN_KEY);
    Map<String, Object> header = header();
    header.remove("kid");
    assertRefused(at(NOW), signed(KEY, header, JsonUtil.toJson(claims())), Reason.UNKNOWN_KEY);
  }

  @Test
  void eachChangedPartIsRefused() {
    String[] parts = AccessTokens.sign(token, KEY, NOW).split("\\.");
    Map<String, Object> another = claims();
    another.put("sub", UUID.randomUUID().toString());
    String[] other = signed(another).split("\\.");

    assertRefused(at(NOW), parts[0] + "." + other[1] + "." + parts[2], Reason.WRONG_SIGNATURE);
    assertRefused(at(NOW), parts[0] + "." + parts[1] + "." + other[2], Reason.WRONG_SIGNATURE);
    for (int bit = 0; bit < 512; bit++) {
      byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
      signature[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRefusedSomehow(parts[0] + "." + parts[1] + "." + base64(signature));
    }
    for (int length = 0; length < 64; length++) {
      byte[] signature = new byte[length];
      assertRefusedSomehow(parts[0] + "." + parts[1] + "." + base64(signature));
    }
    assertRefusedSomehow(parts[0] + "." + parts[1] + "." + parts[2] + "AAAA");
  }

  private void assertRefusedSomehow(String jwt) {
    assertThatThrownBy(() -> at(NOW).verify(jwt)).isInstanceOf(InvalidTokenException.class);
  }

  @Test
  void anotherTypeOrIssuerIsRefused() {
    for (Object type : List.of("JWT", "AT+JWT", "jwt", "at+jwt ", "", 7)) {
      Map<String, Object> header = header();
      header.put("typ", type);
      assertRefused(at(NOW), signed(KEY, header, JsonUtil.toJson(claims())), Reason.WRONG_TYPE);
    }
    Map<String, Object> header = header();
    header.remove("typ");
    assertRefused(at(NOW), signed(KEY, header, JsonUtil.toJson(claims())), Reason.WRONG_TYPE);
    assertRefused(at(NOW), with("iss", "upbeat"), Reason.WRONG_ISSUER);
    assertRefused(at(NOW), with("iss", List.of("downbeat")), Reason.WRONG_ISSUER);
  }

  @Test
  void aCriticalHeaderThatNobodyKnowsIsRefused() {
    Map<String, Object> header = header();
    header.put("crit", List.of("exp2"));
    header.put("exp2", 1);
    String jwt =
        base64(JsonUtil.toJson(header))
            + "."
            + base64(JsonUtil.toJson(claims()))
            + "."
            + AccessTokens.sign(token, KEY, NOW).split("\\.")[2];

    assertRefusedSomehow(jwt);
  }

  @Test
  void headersOfTheWrongTypeAreRefused() {
    for (String each : List.of("alg", "typ", "kid", "crit", "b64", "zip", "cty")) {
      for (Object value : List.of(7, true, List.of(1), List.of(), Map.of("a", 1), 1.5)) {
        Map<String, Object> header = header();
        header.put(each, value);
        String jwt =
            base64(JsonUtil.toJson(header)) + "." + base64(JsonUtil.toJson(claims())) + ".AAAA";
        assertRefusedSomehow(jwt);
      }
    }
    for (String header :
        List.of("", "[]", "null", "{", "7", "{\"alg\":\"EdDSA\",\"alg\":\"none\"}")) {
      assertRefusedSomehow(
          (base64(header).isEmpty() ? "A" : base64(header))
              + "."
              + base64(JsonUtil.toJson(claims()))
              + ".AAAA");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iss", "sub", "dev", "ses", "plan", "ver", "iat", "exp"})
  void aMissingClaimIsRefusedAndOneOfAnotherKindToo(String claim) {
    Map<String, Object> claims = claims();
    claims.remove(claim);

    assertRefused(
        at(NOW), signed(claims), claim.equals("iss") ? Reason.WRONG_ISSUER : Reason.MISSING_CLAIM);
    for (Object other : List.of("", "x", "1-2-3-4-5", 1.5, true, List.of(), Map.of("a", 1), -1)) {
      assertRefusedSomehow(with(claim, other));
    }
  }

  @Test
  void whatIsNoTokenIsRefused() {
    String jwt = AccessTokens.sign(token, KEY, NOW);
    for (String each :
        List.of(
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            "a.b",
            " " + jwt,
            jwt + " ",
            jwt + "\n",
            "\t" + jwt,
            jwt.replaceFirst("\\.", " ."),
            jwt.replaceFirst("\\.", ".\n"),
            jwt.substring(0, 5) + "=" + jwt.substring(5),
            jwt.substring(0, 5) + "%" + jwt.substring(5),
            jwt + "=",
            jwt + ".",
            jwt + "." + jwt,
            "Bearer " + jwt,
            jwt + "\0",
            jwt + "é",
            "x".repeat(5_000),
            "x".repeat(2_000) + "." + "x".repeat(2_000) + "." + "x".repeat(2_000))) {
      assertRefused(at(NOW), each, Reason.MALFORMED);
    }
    for (String payload : List.of("", "[]", "null", "7", "{", "{}{}", "\"a\"")) {
      assertRefusedSomehow(signed(KEY, header(), payload));
    }
  }

  @Test
  void fourKibibytesAreTheMostEvenIfSigned() throws Exception {
    Map<String, Object> claims = claims();
    claims.put("more", "x".repeat(2_000));
    assertThat(at(NOW).verify(signed(claims))).isEqualTo(token);
    claims.put("more", "x".repeat(4_000));
    assertRefused(at(NOW), signed(claims), Reason.MALFORMED);
  }

  @Test
  void aClaimThatIsThereTwiceIsRefused() {
    String twice =
        JsonUtil.toJson(claims()).replaceFirst("\\{", "{\"sub\":\"" + UUID.randomUUID() + "\",");

    assertRefused(at(NOW), signed(KEY, header(), twice), Reason.MALFORMED);
  }

  @Test
  void whileItsKeyCannotBeReadNobodyIsToldThatTheTokenIsWrong() {
    AccessTokens tokens =
        new AccessTokens(
            kid -> {
              throw new PublicKeys.UnavailableException("away");
            },
            Clock.fixed(NOW, ZoneOffset.UTC));

    assertThatThrownBy(() -> tokens.verify(AccessTokens.sign(token, KEY, NOW)))
        .isInstanceOf(PublicKeys.UnavailableException.class);
  }

  private static final class Ticking extends Clock {
    private Instant now;

    Ticking(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }
  }

  /** Counts what only the check of a signature asks for. */
  private static final class Counting implements EdECPublicKey {
    private static final long serialVersionUID = 1;
    private final EdECPublicKey key;
    private final AtomicInteger uses = new AtomicInteger();

    Counting(EdECPublicKey key) {
      this.key = key;
    }

    @Override
    public EdECPoint getPoint() {
      uses.incrementAndGet();
      return key.getPoint();
    }

    @Override
    public NamedParameterSpec getParams() {
      return key.getParams();
    }

    @Override
    public String getAlgorithm() {
      return key.getAlgorithm();
    }

    @Override
    public String getFormat() {
      return key.getFormat();
    }

    @Override
    public byte[] getEncoded() {
      return key.getEncoded();
    }
  }
}
