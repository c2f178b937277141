package io.downbeat.schemas.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A secret that callers send as {@code Authorization: Bearer}, kept as its hash and compared in
 * constant time. Thread-safe. It prints nothing of itself.
 */
public final class BearerKey {
  private static final int SHORTEST = 16;
  private static final int LONGEST = 1_024;
  private static final String SCHEME = "Bearer ";

  private final byte[] hash;

  private BearerKey(byte[] hash) {
    this.hash = hash;
  }

  /**
   * @param text holds one key and may end with white space
   * @throws IllegalArgumentException saying, without the text, what is wrong with it
   */
  public static BearerKey of(String text) {
    String key = text.strip();
    if (key.length() < SHORTEST
        || key.length() > LONGEST
        || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "it must hold one key of %d to %d visible ASCII characters".formatted(SHORTEST, LONGEST));
    }
    return new BearerKey(sha256(key));
  }

  /** Whether the header {@code Authorization} carries this key. */
  public boolean isIn(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(hash, sha256(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
