package io.downbeat.ingest.accounts;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * Refresh tokens: a session and the generation within it, under an HMAC. Nothing of one is kept; it
 * is good as long as the session stands at its generation. Thread-safe.
 */
public final class RefreshTokens {
  private static final String USE = "refresh token";
  private static final int CONTENT_BYTES = 16 + 16 + 4;

  private final Secret secret;

  /**
   * @param generation from 1, one more with each refresh
   */
  record RefreshToken(UUID userId, UUID sessionId, int generation) {}

  public RefreshTokens(Secret secret) {
    this.secret = secret;
  }

  String write(RefreshToken token) {
    return secret.seal(
        USE,
        ByteBuffer.allocate(CONTENT_BYTES)
            .putLong(token.userId().getMostSignificantBits())
            .putLong(token.userId().getLeastSignificantBits())
            .putLong(token.sessionId().getMostSignificantBits())
            .putLong(token.sessionId().getLeastSignificantBits())
            .putInt(token.generation())
            .array());
  }

  /** Empty if it is none of ours. */
  Optional<RefreshToken> read(String text) {
    return secret
        .unseal(USE, text, CONTENT_BYTES)
        .map(ByteBuffer::wrap)
        .map(
            read ->
                new RefreshToken(
                    new UUID(read.getLong(), read.getLong()),
                    new UUID(read.getLong(), read.getLong()),
                    read.getInt()));
  }
}
