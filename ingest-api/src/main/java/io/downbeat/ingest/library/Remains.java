package io.downbeat.ingest.library;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What is left of a listener's lists, of which all has to go: first it is closed, so that nothing
 * can be added; then its things go, some at a time. Immutable.
 *
 * @param sizes by section
 * @param first things of the lists, in the order of their rows
 */
record Remains(
    UUID user, long version, boolean closed, Map<String, Integer> sizes, List<Thing> first)
    implements OwnedState.State {

  record Thing(LibraryList list, UUID id) {}

  static final Set<LibraryList> LISTS = EnumSet.complementOf(EnumSet.of(LibraryList.UNKNOWN));

  Remains {
    sizes = Map.copyOf(sizes);
    first = List.copyOf(first);
  }

  static OwnedState.Reading<Remains> reading(UUID user) {
    List<String> sections = new ArrayList<>();
    sections.add(LibraryRows.HEAD);
    LISTS.forEach(list -> sections.add(LibraryRows.section(list)));
    return new OwnedState.Reading<>(
        LibraryRows.FIRST,
        List.of(user, sections, 1 + LibraryRows.MOST_AT_ONCE),
        rows -> of(user, rows));
  }

  private static Remains of(UUID user, List<Row> rows) {
    Map<String, LibraryList> lists = new HashMap<>();
    LISTS.forEach(list -> lists.put(LibraryRows.section(list), list));
    long version = 0;
    boolean closed = false;
    Map<String, Integer> sizes = Map.of();
    List<Thing> first = new ArrayList<>();
    for (Row row : rows) {
      LibraryList list = lists.get(row.getString("section"));
      if (list == null) {
        version = row.getLong("version");
        closed = LibraryRows.DELETED.equals(row.getString("state"));
        sizes = Library.sizes(row);
      } else {
        first.add(new Thing(list, Objects.requireNonNull(row.getUuid("item_id"))));
      }
    }
    return new Remains(user, version, closed, sizes, first);
  }

  /**
   * The answer is whether something may be left after it.
   *
   * <p>One deletion takes a list from its beginning: so what is read next doesn't find the traces
   * of all that went before.
   */
  Decision<Boolean> remove(Instant now) {
    if (!closed) {
      List<Write> rows = new ArrayList<>();
      rows.add(LibraryRows.close(user));
      LISTS.forEach(list -> rows.add(LibraryRows.removeNewest(user, list)));
      return new Decision.Change<>(rows, List.of(), true);
    }
    if (first.isEmpty()) {
      return new Decision.Stay<>(false);
    }
    LibraryList list = first.get(0).list();
    List<UUID> ids = first.stream().filter(thing -> thing.list() == list).map(Thing::id).toList();
    int size = sizes.getOrDefault(LibraryRows.section(list), 0);
    return new Decision.Change<>(
        List.of(
            LibraryRows.resize(user, list, size - ids.size()),
            LibraryRows.removeUpTo(user, list, ids.get(ids.size() - 1))),
        ids.stream().map(id -> new LibraryChange(user, list, id, version + 1, null, now)).toList(),
        true);
  }
}
