package io.downbeat.ingest.library;

import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/** The rows of table {@code library}, beside its outbox. */
final class LibraryRows {
  static final String ADD =
      "INSERT INTO library (user_id, section, key, item_id, added_at) VALUES (?, ?, ?, ?, ?)";
  static final String REMOVE = "DELETE FROM library WHERE user_id = ? AND section = ? AND key = ?";
  static final String REMOVE_UP_TO =
      "DELETE FROM library WHERE user_id = ? AND section = ? AND key <= ?";
  static final String REMOVE_SECTION = "DELETE FROM library WHERE user_id = ? AND section = ?";
  static final String RESIZE =
      "UPDATE library SET sizes[?] = ? WHERE user_id = ? AND section = '' AND key = ''";
  static final String CLOSE =
      "UPDATE library SET state = 'deleted' WHERE user_id = ? AND section = '' AND key = ''";

  /** The head, and of one list the things that are asked for. */
  static final String FIND =
      "SELECT section, version, sizes, state, item_id, added_at FROM library"
          + " WHERE user_id = ? AND section IN ? AND key IN ?";

  /** The head, and the first things of these lists. */
  static final String FIRST =
      "SELECT section, version, sizes, state, item_id FROM library"
          + " WHERE user_id = ? AND section IN ? LIMIT ?";

  static final String HEAD = "";
  static final String DELETED = "deleted";

  /**
   * Most things of one write. Each takes some 300 bytes, in two rows and an event, of the 50 KiB
   * that Cassandra takes as one batch; half of that is left free.
   */
  static final int MOST_AT_ONCE = (25 << 10) / 400;

  private LibraryRows() {}

  static String section(LibraryList list) {
    return list.name().toLowerCase(Locale.ROOT);
  }

  static String newest(LibraryList list) {
    return section(list) + "_newest";
  }

  static String key(UUID id) {
    return id.toString();
  }

  /** The later, the smaller. */
  static String newestKey(UUID id, Instant addedAt) {
    return String.format(Locale.ROOT, "%016x/%s", Long.MAX_VALUE - addedAt.toEpochMilli(), id);
  }

  static Write add(UUID user, LibraryList list, UUID id, Instant addedAt) {
    return Write.of(ADD, user, section(list), key(id), id, addedAt);
  }

  static Write addNewest(UUID user, LibraryList list, UUID id, Instant addedAt) {
    return Write.of(ADD, user, newest(list), newestKey(id, addedAt), id, addedAt);
  }

  static Write remove(UUID user, LibraryList list, UUID id) {
    return Write.of(REMOVE, user, section(list), key(id));
  }

  static Write removeNewest(UUID user, LibraryList list, UUID id, Instant addedAt) {
    return Write.of(REMOVE, user, newest(list), newestKey(id, addedAt));
  }

  /** Those whose keys are not above this one's. */
  static Write removeUpTo(UUID user, LibraryList list, UUID id) {
    return Write.of(REMOVE_UP_TO, user, section(list), key(id));
  }

  static Write removeNewest(UUID user, LibraryList list) {
    return Write.of(REMOVE_SECTION, user, newest(list));
  }

  static Write resize(UUID user, LibraryList list, int size) {
    return Write.of(RESIZE, section(list), size, user);
  }

  static Write close(UUID user) {
    return Write.of(CLOSE, user);
  }
}
