package io.downbeat.ingest.accounts;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What the owner of a family hands to someone who may join: the invitation, under an HMAC. It is
 * not kept; the invitation is, and is good once. Thread-safe.
 */
public final class InvitationCodes {
  private static final String USE = "family invitation";
  private static final int CONTENT_BYTES = 16 + 16;

  private final Secret secret;

  record InvitationCode(UUID ownerId, UUID invitationId) {}

  public InvitationCodes(Secret secret) {
    this.secret = secret;
  }

  String write(InvitationCode code) {
    return secret.seal(
        USE,
        ByteBuffer.allocate(CONTENT_BYTES)
            .putLong(code.ownerId().getMostSignificantBits())
            .putLong(code.ownerId().getLeastSignificantBits())
            .putLong(code.invitationId().getMostSignificantBits())
            .putLong(code.invitationId().getLeastSignificantBits())
            .array());
  }

  /** Empty if it is none of ours. */
  Optional<InvitationCode> read(String text) {
    return secret
        .unseal(USE, text, CONTENT_BYTES)
        .map(ByteBuffer::wrap)
        .map(
            read ->
                new InvitationCode(
                    new UUID(read.getLong(), read.getLong()),
                    new UUID(read.getLong(), read.getLong())));
  }
}
