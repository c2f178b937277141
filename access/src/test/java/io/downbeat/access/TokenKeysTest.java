package io.downbeat.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.junit.jupiter.api.Test;

/** Rows of table {@code token_keys} as keys. */
final class TokenKeysTest {
  private final Map<String, String> rows = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private boolean away;
  private final TokenKeys keys =
      new TokenKeys(
          () -> {
            reads.incrementAndGet();
            return away
                ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                : CompletableFuture.completedFuture(Map.copyOf(rows));
          },
          nanos::get);

  private static OctetKeyPairJsonWebKey key(String subtype, String kid) throws Exception {
    OctetKeyPairJsonWebKey key = OkpJwkGenerator.generateJwk(subtype);
    key.setKeyId(kid);
    return key;
  }

  private OctetKeyPairJsonWebKey add(String kid) throws Exception {
    OctetKeyPairJsonWebKey key = key(OctetKeyPairJsonWebKey.SUBTYPE_ED25519, kid);
    rows.put(kid, PublicJwk.of(key).toJson());
    return key;
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aKeyIsFoundAsItWasWritten() throws Exception {
    OctetKeyPairJsonWebKey key = add("first");

    assertThat(keys.find("first")).contains(key.getPublicKey());
    assertThat(keys.find("first")).contains(key.getPublicKey());
    assertThat(reads).hasValue(1);
    assertThat(PublicJwk.of(key).parameters().keySet())
        .containsExactlyInAnyOrder("kty", "crv", "x", "kid", "use", "alg");
  }

  @Test
  void anUnknownKeyIsLookedForOnceASecondAtMost() throws Exception {
    add("first");
    for (int i = 0; i < 1_000; i++) {
      assertThat(keys.find("none" + i)).isEmpty();
    }
    assertThat(reads).hasValue(1);

    OctetKeyPairJsonWebKey second = add("second");
    assertThat(keys.find("second")).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(keys.find("second")).contains(second.getPublicKey());
    assertThat(reads).hasValue(2);
  }

  @Test
  void whatWasReadCountsOnWhileNothingCanBeRead() throws Exception {
    OctetKeyPairJsonWebKey key = add("first");
    keys.find("first");
    away = true;
    pass(Duration.ofSeconds(1));

    assertThatThrownBy(() -> keys.find("second"))
        .isInstanceOf(PublicKeys.UnavailableException.class);
    assertThat(keys.find("first")).contains(key.getPublicKey());
    assertThat(keys.all()).hasSize(1);
  }

  @Test
  void keysThatWereNeverReadAreNoEmptySet() {
    away = true;

    assertThatThrownBy(keys::all).isInstanceOf(PublicKeys.UnavailableException.class);
    away = false;
    pass(Duration.ofSeconds(1));
    assertThat(keys.all()).isEmpty();
  }

  @Test
  void aKeyThatIsWithdrawnIsGoneWithTheNextReading() throws Exception {
    add("first");
    assertThat(keys.find("first")).isPresent();
    rows.clear();
    pass(Duration.ofSeconds(1));
    assertThat(keys.find("second")).isEmpty();

    assertThat(keys.find("first")).isEmpty();
  }

  @Test
  void aRowThatHoldsAnythingButAPublicEd25519KeyIsPassedOver() throws Exception {
    add("good");
    OctetKeyPairJsonWebKey whole = key(OctetKeyPairJsonWebKey.SUBTYPE_ED25519, "whole");
    rows.put("private", whole.toJson(OutputControlLevel.INCLUDE_PRIVATE));
    rows.put(
        "x25519",
        key(OctetKeyPairJsonWebKey.SUBTYPE_X25519, "x").toJson(OutputControlLevel.PUBLIC_ONLY));
    rows.put(
        "ed448",
        key(OctetKeyPairJsonWebKey.SUBTYPE_ED448, "x").toJson(OutputControlLevel.PUBLIC_ONLY));
    rows.put("secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}");
    rows.put("text", "hello");
    rows.put("empty", "");
    rows.put("short", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}");

    assertThat(keys.all()).extracting(PublicJwk::kid).containsExactly("good");
    assertThatThrownBy(() -> PublicJwk.parse("private", rows.get("private")))
        .hasMessage("Token key private holds its private half")
        .hasNoCause();
  }
}
