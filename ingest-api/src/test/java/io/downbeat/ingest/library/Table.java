package io.downbeat.ingest.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** The rows of one listener, as the statements of {@link LibraryRows} change them. */
final class Table {
  record Entry(UUID id, Instant addedAt) {}

  final Map<String, NavigableMap<String, Entry>> sections = new HashMap<>();
  final Map<String, Integer> sizes = new HashMap<>();
  boolean deleted;

  NavigableMap<String, Entry> section(String name) {
    return sections.computeIfAbsent(name, absent -> new TreeMap<>());
  }

  void apply(List<Write> writes) {
    for (Write write : writes) {
      List<Object> v = new ArrayList<>(write.values());
      switch (write.cql()) {
        case LibraryRows.ADD ->
            section((String) v.get(1))
                .put((String) v.get(2), new Entry((UUID) v.get(3), (Instant) v.get(4)));
        case LibraryRows.REMOVE ->
            assertThat(section((String) v.get(1)).remove((String) v.get(2)))
                .as("a deleted row was there: %s", v)
                .isNotNull();
        case LibraryRows.REMOVE_UP_TO ->
            section((String) v.get(1)).headMap((String) v.get(2), true).clear();
        case LibraryRows.REMOVE_SECTION -> section((String) v.get(1)).clear();
        case LibraryRows.RESIZE -> sizes.put((String) v.get(0), (Integer) v.get(1));
        case LibraryRows.CLOSE -> deleted = true;
        default -> throw new AssertionError(write.cql());
      }
    }
  }

  Library library(UUID user, LibraryList list, long version, Stream<UUID> asked) {
    Map<UUID, Instant> found = new HashMap<>();
    asked
        .map(id -> section(LibraryRows.section(list)).get(LibraryRows.key(id)))
        .filter(entry -> entry != null)
        .forEach(entry -> found.put(entry.id(), entry.addedAt()));
    return new Library(
        user, list, version, deleted, sizes.getOrDefault(LibraryRows.section(list), 0), found);
  }

  Remains remains(UUID user, long version) {
    List<Remains.Thing> first =
        Remains.LISTS.stream()
            .sorted((a, b) -> LibraryRows.section(a).compareTo(LibraryRows.section(b)))
            .flatMap(
                list ->
                    section(LibraryRows.section(list)).values().stream()
                        .map(entry -> new Remains.Thing(list, entry.id())))
            .limit(LibraryRows.MOST_AT_ONCE)
            .toList();
    return new Remains(user, version, deleted, sizes, first);
  }
}
