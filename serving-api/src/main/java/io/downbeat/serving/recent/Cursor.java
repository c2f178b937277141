package io.downbeat.serving.recent;

import io.downbeat.serving.http.Problem;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** The last play of a page, after which the next page begins. */
public record Cursor(Instant startedAt, UUID playId) {
  private static final int BYTES = 24;

  static Cursor of(RecentPlay last) {
    return new Cursor(last.startedAt(), last.playId());
  }

  /**
   * @throws Problem 422 if it is not one that was handed out
   */
  static Cursor parse(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (bytes.remaining() == BYTES) {
        return new Cursor(
            Instant.ofEpochMilli(bytes.getLong()), new UUID(bytes.getLong(), bytes.getLong()));
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw Problem.invalid("cursor", text, "cursor is the next_cursor of an earlier answer");
  }

  @Override
  public String toString() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            ByteBuffer.allocate(BYTES)
                .putLong(startedAt.toEpochMilli())
                .putLong(playId.getMostSignificantBits())
                .putLong(playId.getLeastSignificantBits())
                .array());
  }
}
