package io.downbeat.ingest.accounts;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Refresh tokens: a session and the generation within it, under an HMAC. Nothing of one is kept; it
 * is good as long as the session stands at its generation. Thread-safe.
 */
public final class RefreshTokens {
  private static final String USE = "refresh token";
  private static final int CONTENT_BYTES = 16 + 16 + 4;
  private static final int HASH_BYTES = 32;
  private static final int LONGEST = 128;

  private final Secret secret;

  /**
   * @param generation from 1, one more with each refresh
   */
  record RefreshToken(UUID userId, UUID sessionId, int generation) {}

  public RefreshTokens(Secret secret) {
    this.secret = secret;
  }

  String write(RefreshToken token) {
    byte[] content =
        ByteBuffer.allocate(CONTENT_BYTES)
            .putLong(token.userId().getMostSignificantBits())
            .putLong(token.userId().getLeastSignificantBits())
            .putLong(token.sessionId().getMostSignificantBits())
            .putLong(token.sessionId().getLeastSignificantBits())
            .putInt(token.generation())
            .array();
    byte[] whole = Arrays.copyOf(content, CONTENT_BYTES + HASH_BYTES);
    System.arraycopy(secret.hash(USE, content), 0, whole, CONTENT_BYTES, HASH_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /** Empty if it is none of ours. */
  Optional<RefreshToken> read(String text) {
    byte[] whole;
    try {
      whole = text.length() > LONGEST ? new byte[0] : Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (whole.length != CONTENT_BYTES + HASH_BYTES) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(whole, CONTENT_BYTES);
    byte[] hash = Arrays.copyOfRange(whole, CONTENT_BYTES, whole.length);
    if (!MessageDigest.isEqual(hash, secret.hash(USE, content))) {
      return Optional.empty();
    }
    ByteBuffer read = ByteBuffer.wrap(content);
    return Optional.of(
        new RefreshToken(
            new UUID(read.getLong(), read.getLong()),
            new UUID(read.getLong(), read.getLong()),
            read.getInt()));
  }
}
