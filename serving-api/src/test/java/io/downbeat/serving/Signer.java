package io.downbeat.serving;

import io.downbeat.access.AccessToken;
import io.downbeat.access.AccessTokens;
import io.downbeat.access.PublicJwk;
import java.time.Instant;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.lang.JoseException;

/** Issues access tokens, in ingest-api's stead, with a key of its own. */
final class Signer {
  private final OctetKeyPairJsonWebKey key;

  Signer(String kid) {
    try {
      key = OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
    key.setKeyId(kid);
  }

  String sign(AccessToken token, Instant now) {
    return AccessTokens.sign(token, key, now);
  }

  String kid() {
    return key.getKeyId();
  }

  /** As it stands in table {@code token_keys}. */
  String publicJwk() {
    return PublicJwk.of(key).toJson();
  }
}
