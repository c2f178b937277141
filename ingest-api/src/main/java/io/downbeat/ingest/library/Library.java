package io.downbeat.ingest.library;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * One list of a listener as far as it was asked for, and what becomes of it. Immutable.
 *
 * @param version of all of the listener's lists
 * @param deleted whether the account is
 * @param size of the list
 * @param addedAt of those that are in it, of the things that were asked for
 */
record Library(
    UUID user,
    LibraryList list,
    long version,
    boolean deleted,
    int size,
    Map<UUID, Instant> addedAt)
    implements OwnedState.State {

  /** Most things of one list. */
  static final int MOST = 50_000;

  Library {
    addedAt = Map.copyOf(addedAt);
  }

  static OwnedState.Reading<Library> reading(UUID user, LibraryList list, Collection<UUID> ids) {
    List<String> keys = new ArrayList<>();
    keys.add(LibraryRows.HEAD);
    ids.forEach(id -> keys.add(LibraryRows.key(id)));
    return new OwnedState.Reading<>(
        LibraryRows.FIND,
        List.of(user, List.of(LibraryRows.HEAD, LibraryRows.section(list)), keys),
        rows -> of(user, list, rows));
  }

  private static Library of(UUID user, LibraryList list, List<Row> rows) {
    long version = 0;
    boolean deleted = false;
    int size = 0;
    Map<UUID, Instant> addedAt = new HashMap<>();
    for (Row row : rows) {
      if (LibraryRows.HEAD.equals(row.getString("section"))) {
        version = row.getLong("version");
        deleted = LibraryRows.DELETED.equals(row.getString("state"));
        size = sizes(row).getOrDefault(LibraryRows.section(list), 0);
      } else {
        addedAt.put(
            Objects.requireNonNull(row.getUuid("item_id")),
            Objects.requireNonNull(row.getInstant("added_at")));
      }
    }
    return new Library(user, list, version, deleted, size, addedAt);
  }

  static Map<String, Integer> sizes(Row head) {
    return Objects.requireNonNullElse(
        head.getMap("sizes", String.class, Integer.class), Map.<String, Integer>of());
  }

  /**
   * The answer is those that are in the list already, with their times, which stay.
   *
   * @param things with their times, at most {@link LibraryRows#MOST_AT_ONCE} of them
   * @throws Problem 409 if the list would be longer than {@value #MOST}, 410 if it is no more
   */
  Decision<Map<UUID, Instant>> add(Map<UUID, Instant> things, Instant now) {
    requireAccount();
    Map<UUID, Instant> missing = new LinkedHashMap<>(things);
    missing.keySet().removeAll(addedAt.keySet());
    Map<UUID, Instant> present = new LinkedHashMap<>(addedAt);
    present.keySet().retainAll(things.keySet());
    if (missing.isEmpty()) {
      return new Decision.Stay<>(present);
    }
    if (size + missing.size() > MOST) {
      throw new Problem(409, "A list holds at most " + MOST + "; this one holds " + size)
          .with("field", LibraryRows.section(list));
    }
    List<Write> rows = new ArrayList<>();
    List<LibraryChange> events = new ArrayList<>();
    rows.add(LibraryRows.resize(user, list, size + missing.size()));
    missing.forEach(
        (id, time) -> {
          rows.add(LibraryRows.add(user, list, id, time));
          rows.add(LibraryRows.addNewest(user, list, id, time));
          events.add(new LibraryChange(user, list, id, version + 1, time, now));
        });
    return new Decision.Change<>(rows, events, present);
  }

  /**
   * The answer is whether it was there.
   *
   * @throws Problem 410 if the list is no more
   */
  Decision<Boolean> remove(UUID id, Instant now) {
    requireAccount();
    Instant time = addedAt.get(id);
    if (time == null) {
      return new Decision.Stay<>(false);
    }
    return new Decision.Change<>(
        List.of(
            LibraryRows.resize(user, list, size - 1),
            LibraryRows.remove(user, list, id),
            LibraryRows.removeNewest(user, list, id, time)),
        List.of(new LibraryChange(user, list, id, version + 1, null, now)),
        true);
  }

  private void requireAccount() {
    if (deleted) {
      throw new Problem(410, "The account is deleted");
    }
  }
}
