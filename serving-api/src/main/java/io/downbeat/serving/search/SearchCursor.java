package io.downbeat.serving.search;

import io.downbeat.serving.http.Problem;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a page begins. */
sealed interface SearchCursor {
  SearchCursor FIRST_HIT = new AtRank(0);
  SearchCursor FIRST_THING = new AfterThing(Kind.ARTIST, null);

  /** In the ranking of a query's hits, from 0. */
  record AtRank(int rank) implements SearchCursor {}

  /**
   * In all that there is: artists, then albums, then tracks, each in the order of their ids.
   *
   * @param id null for the first one of the kind
   */
  record AfterThing(Kind kind, @Nullable UUID id) implements SearchCursor {}

  /**
   * @param first a cursor of the same sort
   * @throws Problem 422 if it is not one that was handed out for such a query
   */
  static SearchCursor parse(String text, SearchCursor first) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (first instanceof AtRank && bytes.remaining() == Integer.BYTES) {
        int rank = bytes.getInt();
        if (rank >= 0 && rank <= Search.MOST_HITS) {
          return new AtRank(rank);
        }
      } else if (first instanceof AfterThing && bytes.remaining() == 1 + 2 * Long.BYTES) {
        int kind = bytes.get();
        if (kind >= 0 && kind < Kind.values().length) {
          return new AfterThing(Kind.of((byte) kind), new UUID(bytes.getLong(), bytes.getLong()));
        }
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw Problem.invalid(
        "cursor", text, "cursor is the next_cursor of an earlier answer to the same query");
  }

  default String text() {
    ByteBuffer bytes = ByteBuffer.allocate(1 + 2 * Long.BYTES);
    if (this instanceof AtRank at) {
      bytes.putInt(at.rank());
    } else if (this instanceof AfterThing after && after.id() != null) {
      bytes
          .put((byte) after.kind().ordinal())
          .putLong(after.id().getMostSignificantBits())
          .putLong(after.id().getLeastSignificantBits());
    }
    byte[] written = Arrays.copyOf(bytes.array(), bytes.position());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(written);
  }
}
