package io.downbeat.access;

import java.security.PublicKey;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * The public half of a key that signs access tokens, as a JWK (RFC 8037): Ed25519, with its id and
 * its use. Immutable.
 */
public final class PublicJwk {
  private final String kid;
  private final PublicKey key;
  private final Map<String, Object> parameters;

  private PublicJwk(OctetKeyPairJsonWebKey jwk, String kid) {
    this.kid = kid;
    this.key = jwk.getPublicKey();
    this.parameters =
        Map.of(
            "kty",
            jwk.getKeyType(),
            "crv",
            jwk.getSubtype(),
            "x",
            String.valueOf(jwk.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY).get("x")),
            "kid",
            kid,
            "use",
            "sig",
            "alg",
            AccessTokens.ALGORITHM);
  }

  /**
   * @param key of any half; only its public one is taken
   */
  public static PublicJwk of(OctetKeyPairJsonWebKey key) {
    return new PublicJwk(requireEd25519(key), AccessTokens.kid(key));
  }

  /**
   * @param kid under which it is kept, which counts
   * @param json of one public JWK
   * @throws IllegalArgumentException without the text, if it is anything else
   */
  public static PublicJwk parse(String kid, String json) {
    Map<String, Object> parameters;
    JsonWebKey jwk;
    try {
      parameters = JsonUtil.parseJson(json);
      jwk = JsonWebKey.Factory.newJwk(parameters);
    } catch (JoseException | RuntimeException e) {
      throw new IllegalArgumentException("Token key " + kid + " is not a JWK");
    }
    if (parameters.containsKey("d")) {
      throw new IllegalArgumentException("Token key " + kid + " holds its private half");
    }
    if (!(jwk instanceof OctetKeyPairJsonWebKey pair)) {
      throw new IllegalArgumentException("Token key " + kid + " is not an Ed25519 key");
    }
    return new PublicJwk(requireEd25519(pair), kid);
  }

  private static OctetKeyPairJsonWebKey requireEd25519(OctetKeyPairJsonWebKey key) {
    if (!OctetKeyPairJsonWebKey.SUBTYPE_ED25519.equals(key.getSubtype())) {
      throw new IllegalArgumentException("A token key is not an Ed25519 key");
    }
    return key;
  }

  public String kid() {
    return kid;
  }

  public PublicKey key() {
    return key;
  }

  /** As it stands in a JWK set. */
  public Map<String, Object> parameters() {
    return parameters;
  }

  /** As it stands in table {@code token_keys}. */
  public String toJson() {
    return JsonUtil.toJson(parameters);
  }
}
