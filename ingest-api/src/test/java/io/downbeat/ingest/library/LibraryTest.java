package io.downbeat.ingest.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;
import org.apache.avro.specific.SpecificRecord;

final class LibraryTest {
  private static final UUID USER = new UUID(7, 7);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** One request of several things of a list at a time; remove takes the first. */
  private record Step(boolean add, LibraryList list, Map<Integer, Integer> things) {}

  private record Key(LibraryList list, UUID id) {}

  private final List<LibraryChange> events = new ArrayList<>();
  private Table table = new Table();
  private long version;

  @BeforeTry
  void empty() {
    events.clear();
    table = new Table();
    version = 0;
  }

  @Property(tries = 300)
  void anySequenceOfChangesLeavesWhatAPlainModelHolds(@ForAll("steps") List<Step> steps) {
    Map<Key, Instant> model = new HashMap<>();
    Instant now = START;
    for (Step step : steps) {
      now = now.plusMillis(1);
      if (step.add()) {
        Map<UUID, Instant> things = new LinkedHashMap<>();
        step.things()
            .forEach((id, minutes) -> things.put(id(id), START.minusSeconds(60L * minutes)));
        Map<UUID, Instant> there = new HashMap<>();
        things.forEach(
            (id, time) -> {
              Instant before = model.putIfAbsent(new Key(step.list(), id), time);
              if (before != null) {
                there.put(id, before);
              }
            });
        assertThat(add(step.list(), things, now)).isEqualTo(there);
        assertThat(add(step.list(), things, now).keySet()).isEqualTo(things.keySet());
      } else {
        UUID id = id(step.things().keySet().iterator().next());
        boolean was = model.remove(new Key(step.list(), id)) != null;
        assertThat(remove(step.list(), id, now)).isEqualTo(was);
        assertThat(remove(step.list(), id, now)).isFalse();
      }
    }

    for (LibraryList list : Remains.LISTS) {
      Map<UUID, Instant> expected = new HashMap<>();
      model.forEach(
          (key, time) -> {
            if (key.list() == list) {
              expected.put(key.id(), time);
            }
          });
      Map<UUID, Instant> byId = new HashMap<>();
      table
          .section(LibraryRows.section(list))
          .forEach(
              (key, entry) -> {
                assertThat(key).isEqualTo(entry.id().toString());
                byId.put(entry.id(), entry.addedAt());
              });
      assertThat(byId).isEqualTo(expected);
      List<Table.Entry> newest = new ArrayList<>(table.section(LibraryRows.newest(list)).values());
      assertThat(newest)
          .containsExactlyInAnyOrderElementsOf(table.section(LibraryRows.section(list)).values())
          .isSortedAccordingTo(Comparator.comparing(Table.Entry::addedAt).reversed());
      assertThat(table.sizes.getOrDefault(LibraryRows.section(list), 0)).isEqualTo(expected.size());
    }
    assertThat(lastEvents()).isEqualTo(model);
  }

  @Property(tries = 50)
  void whatIsRemovedAltogetherIsHeardOfAndStaysAway(@ForAll("steps") List<Step> steps) {
    for (Step step : steps) {
      if (step.add()) {
        Map<UUID, Instant> things = new HashMap<>();
        step.things().keySet().forEach(id -> things.put(id(id), START));
        add(step.list(), things, START);
      }
    }

    boolean more = true;
    for (int i = 0; more; i++) {
      assertThat(i).isLessThan(100);
      more = carryOut(table.remains(USER, version).remove(START));
    }

    assertThat(lastEvents()).isEmpty();
    assertThat(table.sections.values()).allSatisfy(section -> assertThat(section).isEmpty());
    assertThat(table.sizes.values()).allSatisfy(size -> assertThat(size).isZero());
    assertThatThrownBy(() -> add(LibraryList.LIKED_TRACKS, Map.of(id(1), START), START))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(410));
    assertThatThrownBy(() -> remove(LibraryList.LIKED_TRACKS, id(1), START))
        .isInstanceOf(Problem.class);
  }

  @Example
  void aListThatIsFullTakesNothingNewButWhatItHolds() {
    UUID held = id(1);
    Library full =
        new Library(USER, LibraryList.LIKED_TRACKS, 9, false, Library.MOST, Map.of(held, START));

    assertThat(full.add(Map.of(held, START), START)).isInstanceOf(Decision.Stay.class);
    assertThatThrownBy(() -> full.add(Map.of(held, START, id(2), START), START))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(409);
              assertThat(problem).hasMessageContaining("at most 50000");
            });
    Library nearly =
        new Library(USER, LibraryList.LIKED_TRACKS, 9, false, Library.MOST - 1, Map.of());
    assertThat(nearly.add(Map.of(id(2), START), START)).isInstanceOf(Decision.Change.class);
  }

  @Example
  void theLargestWriteStaysWellBelowCassandrasLimitOfABatch() {
    Map<UUID, Instant> things = new HashMap<>();
    IntStream.range(0, LibraryRows.MOST_AT_ONCE).forEach(i -> things.put(UUID.randomUUID(), START));
    Library library = new Library(USER, LibraryList.FOLLOWED_ARTISTS, 1L << 40, false, 0, Map.of());
    Decision.Change<?> change = (Decision.Change<?>) library.add(things, START);

    int perCell = 20; // Names of columns, lengths and times, which are written more tightly.
    long bytes = 0;
    for (Write write : change.rows()) {
      for (Object value : write.values()) {
        bytes += perCell + (value instanceof String text ? utf8(text) : 16);
      }
    }
    for (SpecificRecord event : change.events()) {
      bytes += 3L * perCell + 16 + 21 + "outbox".length() + 5 + 2 * 16 + 1 + 10 + 2 * 7;
    }
    assertThat(bytes).isBetween(20L << 10, 40L << 10);
  }

  private Map<UUID, Instant> add(LibraryList list, Map<UUID, Instant> things, Instant now) {
    return carryOut(table.library(USER, list, version, things.keySet().stream()).add(things, now));
  }

  private boolean remove(LibraryList list, UUID id, Instant now) {
    return carryOut(table.library(USER, list, version, Stream.of(id)).remove(id, now));
  }

  private <A> A carryOut(Decision<A> decision) {
    if (decision instanceof Decision.Change<A> change) {
      version++;
      table.apply(change.rows());
      assertThat(change.events().size()).isLessThanOrEqualTo(LibraryRows.MOST_AT_ONCE);
      for (SpecificRecord event : change.events()) {
        assertThat(((LibraryChange) event).getVersion()).isEqualTo(version);
        events.add((LibraryChange) event);
      }
    }
    return decision.answer();
  }

  /** What is in the lists as the events tell it, whose versions rise for each thing. */
  private Map<Key, Instant> lastEvents() {
    Map<Key, Long> versions = new HashMap<>();
    Map<Key, Instant> told = new HashMap<>();
    for (LibraryChange event : events) {
      assertThat(event.getUserId()).isEqualTo(USER);
      Key key = new Key(event.getList(), event.getItemId());
      Long before = versions.put(key, event.getVersion());
      assertThat(before == null ? 0 : before).isLessThan(event.getVersion());
      // It tells of nothing that was so before.
      assertThat(told.containsKey(key)).isEqualTo(event.getAddedAt() == null);
      if (event.getAddedAt() == null) {
        told.remove(key);
      } else {
        told.put(key, event.getAddedAt());
      }
    }
    return told;
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.of(true, true, false),
                Arbitraries.of(Remains.LISTS),
                Arbitraries.maps(
                        Arbitraries.integers().between(0, 9), Arbitraries.integers().between(0, 5))
                    .ofMinSize(1)
                    .ofMaxSize(6))
            .as(Step::new);
    return step.list().ofMaxSize(60);
  }

  private static UUID id(int number) {
    return new UUID(1, number);
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
