package io.downbeat.serving.library;

import io.downbeat.serving.http.Problem;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;

/**
 * A thing in a list, which is also the cursor after which the next page begins.
 *
 * @param addedAt in milliseconds
 */
public record KeptItem(Instant addedAt, UUID id) {
  private static final int BYTES = 24;
  private static final int TIME_DIGITS = 16;

  /** Of a row of a list that is newest first. */
  static KeptItem ofKey(String key) {
    return new KeptItem(
        Instant.ofEpochMilli(
            Long.MAX_VALUE - Long.parseUnsignedLong(key.substring(0, TIME_DIGITS), 16)),
        UUID.fromString(key.substring(TIME_DIGITS + 1)));
  }

  String key() {
    return String.format(Locale.ROOT, "%016x/%s", Long.MAX_VALUE - addedAt.toEpochMilli(), id);
  }

  /**
   * @throws Problem 422 if it is not one that was handed out
   */
  static KeptItem parse(String cursor) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.remaining() == BYTES && bytes.getLong(0) >= 0) {
        return new KeptItem(
            Instant.ofEpochMilli(bytes.getLong()), new UUID(bytes.getLong(), bytes.getLong()));
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw Problem.invalid("cursor", cursor, "cursor is the next_cursor of an earlier answer");
  }

  String cursor() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            ByteBuffer.allocate(BYTES)
                .putLong(addedAt.toEpochMilli())
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
  }
}
