package io.downbeat.stream.fans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.InvalidRecordException;
import io.downbeat.stream.io.LogRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FanCountsTest {
  private static final Instant TIME = Instant.parse("2026-11-26T12:00:00Z");
  private static final LogRecord RECORD = new LogRecord("library-changes", 0, 0, 0, new byte[0]);
  private static final int LISTENERS = 4;
  private static final int THINGS = 3;

  /** The two steps, one behind the other, and all that was ever sent of each thing. */
  private static final class Steps implements AutoCloseable {
    private final KeyedOneInputStreamOperatorTestHarness<Id, ListChange, Movement> movements;
    private final KeyedOneInputStreamOperatorTestHarness<Thing, Movement, Movement> totals;
    private final Map<Thing, Movement> seen;
    private int moved;
    private int sent;

    Steps(Map<Thing, Movement> seen, boolean all, @Nullable Checkpoint from) throws Exception {
      this.seen = seen;
      movements =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(new Movements()), ListChange::entry, Id.TYPE);
      totals =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new FanTotals(Duration.ofSeconds(1), all), Movement::thing, Thing.TYPE);
      if (from != null) {
        movements.initializeState(from.movements());
        totals.initializeState(from.totals());
      }
      movements.open();
      totals.open();
      write();
    }

    record Checkpoint(OperatorSubtaskState movements, OperatorSubtaskState totals) {}

    void process(ListChange change) throws Exception {
      movements.processElement(change, 0);
      List<Movement> all = movements.extractOutputValues();
      for (; moved < all.size(); moved++) {
        totals.processElement(all.get(moved), 0);
      }
    }

    void flush() throws Exception {
      totals.prepareSnapshotPreBarrier(1);
      write();
    }

    Checkpoint checkpoint() throws Exception {
      flush();
      return new Checkpoint(movements.snapshot(1, 0), totals.snapshot(1, 0));
    }

    /** As Cassandra does: of each number the highest stays. */
    private void write() {
      List<Movement> all = totals.extractOutputValues();
      for (; sent < all.size(); sent++) {
        Movement total = all.get(sent);
        assertThat(total.removed()).isBetween(0L, total.added());
        Movement now =
            seen.merge(
                total.thing(),
                total,
                (one, other) ->
                    new Movement(
                        one.thing(),
                        Math.max(one.added(), other.added()),
                        Math.max(one.removed(), other.removed())));
        assertThat(now.removed()).as("what a reader sees").isLessThanOrEqualTo(now.added());
      }
    }

    @Override
    public void close() throws Exception {
      movements.close();
      totals.close();
    }
  }

  private static ListChange change(
      int listener, LibraryList list, int thing, long version, boolean in)
      throws InvalidRecordException {
    return ListChange.of(
        new LibraryChange(
            new UUID(2, listener), list, new UUID(4, thing), version, in ? TIME : null, TIME),
        RECORD);
  }

  private static Thing thing(CountedKind kind, int thing) {
    return Thing.of(kind, new Id(4, thing));
  }

  private static Map<Thing, Long> fans(Collection<Movement> totals) {
    Map<Thing, Long> fans = new HashMap<>();
    totals.forEach(total -> fans.put(total.thing(), total.added() - total.removed()));
    return fans;
  }

  /** Each step flips one entry of one listener's lists, and raises that listener's version. */
  private static List<ListChange> history(List<Integer> steps) throws InvalidRecordException {
    long[] versions = new long[LISTENERS];
    boolean[] in = new boolean[LISTENERS * THINGS];
    List<ListChange> history = new ArrayList<>();
    for (int step : steps) {
      in[step] = !in[step];
      int listener = step / THINGS;
      history.add(
          change(
              listener, LibraryList.LIKED_TRACKS, step % THINGS, ++versions[listener], in[step]));
    }
    return history;
  }

  private static Map<Thing, Long> inNow(List<Integer> steps) {
    Map<Integer, Integer> flips = new HashMap<>();
    steps.forEach(step -> flips.merge(step, 1, Integer::sum));
    Map<Thing, Long> expected = new HashMap<>();
    flips.forEach(
        (step, times) ->
            expected.merge(thing(CountedKind.TRACK, step % THINGS), (long) (times % 2), Long::sum));
    return expected;
  }

  /** Partitions keep their order; how they come in between each other is new each time. */
  private static void readAgain(List<ListChange> changes, Random random) {
    Map<Boolean, Deque<ListChange>> partitions = new HashMap<>();
    for (ListChange change : changes) {
      partitions
          .computeIfAbsent((change.entry().low() & 1) == 0, any -> new ArrayDeque<>())
          .add(change);
    }
    for (int i = 0; i < changes.size(); i++) {
      List<Deque<ListChange>> left =
          partitions.values().stream().filter(rest -> !rest.isEmpty()).toList();
      changes.set(i, left.get(random.nextInt(left.size())).remove());
    }
  }

  @Property(tries = 300)
  void fansAreTheEntriesThatAreInHoweverVersionsComeAndWhateverCrashes(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = LISTENERS * THINGS - 1) Integer> steps,
      @ForAll Random random)
      throws Exception {
    List<ListChange> sent = new ArrayList<>(history(steps));
    for (ListChange change : List.copyOf(sent)) {
      if (random.nextInt(3) == 0) {
        sent.add(change);
      }
    }
    Collections.shuffle(sent, random);

    Map<Thing, Movement> seen = new HashMap<>();
    int next = 0;
    Steps running = new Steps(seen, false, null);
    try {
      Steps.Checkpoint complete = null;
      int position = 0;
      int crashes = 0;
      while (next < sent.size()) {
        running.process(sent.get(next++));
        switch (random.nextInt(8)) {
          case 0 -> {
            complete = running.checkpoint();
            position = next;
          }
          case 1 -> running.flush();
          case 2 -> {
            if (crashes++ < 3) {
              running.close();
              running = new Steps(seen, false, complete);
              next = position;
              readAgain(sent.subList(next, sent.size()), random);
            }
          }
          default -> {}
        }
      }
      running.flush();
    } finally {
      running.close();
    }
    assertThat(fans(seen.values())).isEqualTo(inNow(steps));
  }

  @Property(tries = 100)
  void fromTheNewestChangeOfEachEntryAloneTheSameIsCounted(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = LISTENERS * THINGS - 1) Integer> steps,
      @ForAll Random random)
      throws Exception {
    Map<Id, ListChange> newest = new HashMap<>();
    history(steps).forEach(change -> newest.put(change.entry(), change));
    List<ListChange> compacted = new ArrayList<>(newest.values());
    Collections.shuffle(compacted, random);

    Map<Thing, Movement> seen = new HashMap<>();
    try (Steps rebuild = new Steps(seen, false, null)) {
      for (ListChange change : compacted) {
        rebuild.process(change);
      }
      Steps.Checkpoint complete = rebuild.checkpoint();
      Map<Thing, Movement> ofNextEpoch = new HashMap<>();
      try (Steps after = new Steps(ofNextEpoch, true, complete)) {
        assertThat(fans(ofNextEpoch.values()))
            .as("all of it goes out once, zeros among it")
            .isEqualTo(inNow(steps));
        for (ListChange change : compacted) {
          after.process(change);
        }
        after.flush();
        assertThat(fans(ofNextEpoch.values())).as("read once more").isEqualTo(inNow(steps));
      }
    }
  }

  @Test
  void tracksArtistsAndListenersAreKeptApartAndHiddenThingsLeftOut() throws Exception {
    assertThat(change(1, LibraryList.LIKED_TRACKS, 1, 1, true).thing())
        .isEqualTo(thing(CountedKind.TRACK, 1));
    assertThat(change(1, LibraryList.FOLLOWED_ARTISTS, 1, 1, true).thing())
        .isEqualTo(thing(CountedKind.ARTIST, 1));
    assertThat(change(1, LibraryList.FOLLOWED_USERS, 1, 1, true).thing())
        .isEqualTo(thing(CountedKind.USER, 1));
    for (LibraryList list :
        List.of(LibraryList.HIDDEN_TRACKS, LibraryList.HIDDEN_ARTISTS, LibraryList.UNKNOWN)) {
      assertThat(change(1, list, 1, 1, true).thing()).isNull();
    }
  }

  @Test
  void aVersionThatCannotBeIsRefused() {
    assertThatThrownBy(() -> change(1, LibraryList.LIKED_TRACKS, 1, 0, true))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessage("version is 0, but a valid one lies between 1 and 2^62 - 1");
  }

  @Test
  void whatIsAddedAndRemovedWithinAMomentGoesOutAsOneTotal() throws Exception {
    Map<Thing, Movement> seen = new HashMap<>();
    try (Steps steps = new Steps(seen, false, null)) {
      steps.process(change(1, LibraryList.FOLLOWED_ARTISTS, 1, 1, true));
      steps.process(change(1, LibraryList.FOLLOWED_ARTISTS, 1, 2, false));
      steps.process(change(2, LibraryList.FOLLOWED_ARTISTS, 1, 7, true));
      assertThat(seen).isEmpty();
      steps.flush();
      assertThat(steps.totals.extractOutputValues())
          .containsExactly(new Movement(thing(CountedKind.ARTIST, 1), 2, 1));
    }
  }
}
