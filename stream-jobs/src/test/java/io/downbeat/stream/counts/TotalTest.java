package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TotalTest {
  private static final StateTtlConfig MEMORY =
      BucketExpiry.of(new OpenWindow(36), Duration.ofDays(45));
  private static final Id TRACK = new Id(4, 1);
  private static final Id ARTIST = new Id(5, 1);
  private static final Bucket HOUR = Bucket.of(CountedKind.TRACK, TRACK, Granularity.HOUR, 0);

  private static KeyedOneInputStreamOperatorTestHarness<Thing, Addition, Tally[]> harness()
      throws Exception {
    return harness(false);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Thing, Addition, Tally[]> harness(
      boolean all) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new Total(MEMORY, Duration.ofSeconds(1), all),
        addition -> addition.bucket().thing(),
        Thing.TYPE);
  }

  private static Addition plays(long plays) {
    return add(HOUR, plays);
  }

  private static Addition add(Bucket bucket, long plays, long... listeners) {
    return new Addition(bucket, new Heard(new long[] {plays, 0, 0, 0}, listeners));
  }

  private static List<String> totals(Tally[] together) {
    return Stream.of(together)
        .map(
            total ->
                "%s %d: %d plays by %d"
                    .formatted(
                        total.bucket().granularity(),
                        total.bucket().start() / 3_600_000,
                        total.measures()[0],
                        total.listeners()))
        .toList();
  }

  @Test
  void changedTotalsGoOutTogetherAnIntervalAfterTheFirstChange() throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(0);
      harness.open();
      harness.processElement(plays(2), 0);
      harness.processElement(plays(3), 0);
      harness.setProcessingTime(999);
      assertThat(harness.extractOutputValues()).isEmpty();
      harness.setProcessingTime(1_100);
      assertThat(harness.extractOutputValues()).hasSize(1);
      assertThat(totals(harness.extractOutputValues().get(0)))
          .containsExactlyInAnyOrder(
              "HOUR 0: 5 plays by 0", "DAY 0: 5 plays by 0", "WEEK -72: 5 plays by 0");
      harness.setProcessingTime(10_000);
      assertThat(harness.extractOutputValues()).as("nothing changed").hasSize(1);
    }
  }

  @Test
  void whatChangedOfAThingGoesOutTogetherInBoundedWrites() throws Exception {
    try (var harness = harness()) {
      harness.open();
      for (long artist = 1; artist <= 2; artist++) {
        for (int hour = 0; hour < 144; hour++) {
          Bucket bucket =
              Bucket.of(CountedKind.ARTIST, new Id(5, artist), Granularity.HOUR, hour * 3_600_000L);
          harness.processElement(add(bucket, 1), 0);
        }
      }
      harness.prepareSnapshotPreBarrier(1);
      List<Tally[]> sent = harness.extractOutputValues();
      assertThat(sent).extracting(totals -> totals.length).containsOnly(100, 50).hasSize(4);
      assertThat(sent)
          .allSatisfy(
              totals ->
                  assertThat(totals)
                      .extracting(total -> total.bucket().id())
                      .containsOnly(totals[0].bucket().id()));
      assertThat(sent.stream().flatMap(Stream::of).map(Tally::bucket).distinct())
          .as("hours and days of two artists")
          .hasSize(2 * (144 + 6));
    }
  }

  @Test
  void manyThingsGoOutBeforeTheirTimeAlsoIfOnlyTheirListenersChanged() throws Exception {
    try (var harness = harness()) {
      harness.open();
      for (long artist = 1; artist <= 50_000; artist++) {
        assertThat(harness.getOutput()).isEmpty();
        Bucket bucket = Bucket.of(CountedKind.ARTIST, new Id(5, artist), Granularity.ALL, 0);
        harness.processElement(add(bucket, 1, 7), 0);
      }
      assertThat(harness.getOutput()).hasSize(50_000);
    }
  }

  @Test
  void allGoesOutBeforeACheckpointAndARestoredJobGoesOnFromTheTotal() throws Exception {
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.processElement(plays(2), 0);
      before.prepareSnapshotPreBarrier(1);
      assertThat(before.extractOutputValues()).hasSize(1);
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness()) {
      after.initializeState(checkpoint);
      after.open();
      after.processElement(plays(4), 0);
      after.prepareSnapshotPreBarrier(2);
      assertThat(totals(after.extractOutputValues().get(0)))
          .containsExactlyInAnyOrder(
              "HOUR 0: 6 plays by 0", "DAY 0: 6 plays by 0", "WEEK -72: 6 plays by 0");
    }
  }

  @Test
  void allOfARestoredStateGoesOutOnceWhereThatIsAskedFor() throws Exception {
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.processElement(add(HOUR, 2, 7, 9), 0);
      before.processElement(add(HOUR.of(CountedKind.ALBUM, ARTIST), 3, 8), 0);
      before.prepareSnapshotPreBarrier(1);
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness(true)) {
      after.initializeState(checkpoint);
      after.open();
      after.processElement(add(HOUR.of(CountedKind.ALBUM, ARTIST), 1, 8), 0);
      after.prepareSnapshotPreBarrier(2);
      assertThat(after.extractOutputValues()).hasSize(2);
      assertThat(after.extractOutputValues().stream().flatMap(sent -> totals(sent).stream()))
          .containsExactlyInAnyOrder(
              "HOUR 0: 2 plays by 0",
              "DAY 0: 2 plays by 2",
              "WEEK -72: 2 plays by 0",
              "ALL 0: 0 plays by 2",
              "HOUR 0: 4 plays by 0",
              "DAY 0: 4 plays by 1",
              "ALL 0: 0 plays by 1");
      after.prepareSnapshotPreBarrier(3);
      assertThat(after.extractOutputValues()).as("once").hasSize(2);
    }
  }

  @Test
  void whatHasExpiredDoesNotGoOutAsZero() throws Exception {
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.setStateTtlProcessingTime(0);
      before.processElement(plays(2), 0);
      before.prepareSnapshotPreBarrier(1);
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness(true)) {
      after.setStateTtlProcessingTime(Duration.ofDays(2 * (36 + 45 + 7)).toMillis());
      after.initializeState(checkpoint);
      after.open();
      after.prepareSnapshotPreBarrier(2);
      assertThat(after.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void eachListenerIsCountedOnceAndAllTimeGoesOutForNewOnesAlone() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(add(HOUR, 2, 7, 9), 0);
      harness.processElement(add(HOUR, 1, 8, 9), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(totals(harness.extractOutputValues().get(0)))
          .contains("DAY 0: 3 plays by 3", "ALL 0: 0 plays by 3");
      harness.processElement(add(HOUR, 1, 7), 0);
      harness.prepareSnapshotPreBarrier(2);
      assertThat(totals(harness.extractOutputValues().get(1)))
          .containsExactlyInAnyOrder(
              "HOUR 0: 4 plays by 0", "DAY 0: 4 plays by 3", "WEEK -72: 4 plays by 0");
    }
  }

  @Test
  void ofClosedDaysATracksOpenWeekIsCountedAndOtherwiseListenersAlone() throws Exception {
    Bucket week = Bucket.of(CountedKind.TRACK, TRACK, Granularity.WEEK, 0);
    Bucket artistsWeek = Bucket.of(CountedKind.ARTIST, new Id(5, 1), Granularity.WEEK, 0);
    Bucket older = Bucket.of(CountedKind.ALBUM, new Id(6, 1), Granularity.ALL, 0);
    try (var harness = harness()) {
      harness.open();
      harness.processElement(add(week, 2, 7), 0);
      harness.processElement(add(artistsWeek, 2, 7), 0);
      harness.processElement(add(older, 2, 7), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues())
          .extracting(TotalTest::totals)
          .containsExactlyInAnyOrder(
              List.of("WEEK -72: 2 plays by 0", "ALL 0: 0 plays by 1"),
              List.of("ALL 0: 0 plays by 1"),
              List.of("ALL 0: 0 plays by 1"));
    }
  }

  private static final long WEEK_MILLIS = 7 * 24 * 3_600_000;
  private static final long NOW = Instant.parse("2026-11-25T12:30:00Z").toEpochMilli();

  private static Bucket hour(CountedKind kind, long time) {
    return Bucket.of(kind, TRACK, Granularity.HOUR, time);
  }

  private static Addition streams(Bucket bucket, long streams) {
    return new Addition(bucket, new Heard(new long[] {streams, streams, 0, 0}, new long[] {7}));
  }

  private static List<Rise> rises(
      KeyedOneInputStreamOperatorTestHarness<Thing, Addition, Tally[]> harness) {
    Queue<StreamRecord<Rise>> rises = harness.getSideOutput(Counts.RISES);
    return rises == null ? List.of() : rises.stream().map(StreamRecord::getValue).toList();
  }

  @Test
  void theFirstStreamMakesPopularAndNoPlayThatIsNone() throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(NOW);
      harness.open();
      Bucket hour = hour(CountedKind.ARTIST, NOW);
      harness.processElement(add(hour, 100, 7), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(rises(harness)).isEmpty();
      harness.processElement(streams(hour, 1), 0);
      assertThat(rises(harness)).as("before it is sent").isEmpty();
      harness.prepareSnapshotPreBarrier(2);
      assertThat(rises(harness))
          .containsExactly(new Rise(hour.thing(), ForwardDecay.of(1, hour.start())));
    }
  }

  @Test
  void ofManyStreamsOnlyThoseGoOutThatRaiseALevelAndTheLastIsNeverALevelBehind() throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(NOW);
      harness.open();
      Bucket hour = hour(CountedKind.TRACK, NOW);
      for (int stream = 1; stream <= 1_000; stream++) {
        harness.processElement(streams(hour, 1), 0);
        harness.prepareSnapshotPreBarrier(stream);
        List<Rise> rises = rises(harness);
        assertThat(ForwardDecay.of(stream, hour.start()))
            .isBetween(
                rises.get(rises.size() - 1).popularity() - 1e-9,
                rises.get(rises.size() - 1).popularity() + 0.5);
      }
      assertThat(rises(harness)).as("2 a doubling").hasSizeBetween(19, 20);
    }
  }

  @Test
  void aLateStreamAddsWithTheWeightOfItsOwnHourAndOneOfLaterThanNowWithThatOfNow()
      throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(NOW);
      harness.open();
      Bucket hour = hour(CountedKind.ALBUM, NOW);
      Bucket weekAgo = hour(CountedKind.ALBUM, NOW - WEEK_MILLIS);
      Bucket to9999 = hour(CountedKind.ALBUM, Instant.parse("9999-12-31T00:00:00Z").toEpochMilli());
      harness.processElement(streams(weekAgo, 2), 0);
      harness.processElement(streams(hour, 4), 0);
      harness.processElement(streams(weekAgo, 6), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(rises(harness)).hasSize(1);
      assertThat(rises(harness).get(0).popularity())
          .as("8 of a week ago are 4 of now")
          .isCloseTo(ForwardDecay.of(8, hour.start()), within(1e-9));

      harness.processElement(streams(weekAgo, 16), 0);
      harness.prepareSnapshotPreBarrier(2);
      assertThat(rises(harness).get(1).popularity())
          .isCloseTo(ForwardDecay.of(16, hour.start()), within(1e-9));

      harness.processElement(streams(to9999, 16), 0);
      harness.prepareSnapshotPreBarrier(3);
      assertThat(rises(harness).get(2).popularity())
          .as("now is within the hour")
          .isBetween(ForwardDecay.of(32, hour.start()), ForwardDecay.of(32, NOW));
    }
  }

  @Test
  void onlyOpenHoursOfTracksArtistsAndAlbumsMakePopular() throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(NOW);
      harness.open();
      Bucket hour = hour(CountedKind.TRACK, NOW);
      harness.processElement(streams(hour.of(Granularity.WEEK), 3), 0);
      harness.processElement(streams(hour.of(Granularity.ALL), 3), 0);
      harness.processElement(streams(hour(CountedKind.GENRE, NOW), 3), 0);
      harness.processElement(streams(hour(CountedKind.EVERYTHING, NOW), 3), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(rises(harness)).isEmpty();
    }
  }

  @Test
  void aRestoredJobTellsOfNoRiseTwiceUnlessAllIsAskedFor() throws Exception {
    Bucket hour = hour(CountedKind.TRACK, NOW);
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.setProcessingTime(NOW);
      before.open();
      before.processElement(streams(hour, 16), 0);
      before.processElement(streams(hour(CountedKind.ALBUM, NOW), 1), 0);
      before.processElement(streams(hour(CountedKind.GENRE, NOW), 1), 0);
      before.prepareSnapshotPreBarrier(1);
      assertThat(rises(before)).hasSize(2);
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness()) {
      after.setProcessingTime(NOW);
      after.initializeState(checkpoint);
      after.open();
      after.processElement(streams(hour, 1), 0);
      after.prepareSnapshotPreBarrier(2);
      assertThat(rises(after)).isEmpty();
      after.processElement(streams(hour, 15), 0);
      after.prepareSnapshotPreBarrier(3);
      assertThat(rises(after)).hasSize(1);
      assertThat(rises(after).get(0).popularity())
          .isCloseTo(ForwardDecay.of(32, hour.start()), within(1e-9));
    }
    try (var rebuilt = harness(true)) {
      rebuilt.setProcessingTime(NOW);
      rebuilt.initializeState(checkpoint);
      rebuilt.open();
      rebuilt.processElement(streams(hour, 1), 0);
      rebuilt.prepareSnapshotPreBarrier(2);
      assertThat(rises(rebuilt))
          .containsExactlyInAnyOrder(
              new Rise(hour.thing(), ForwardDecay.of(16, hour.start())),
              new Rise(hour(CountedKind.ALBUM, NOW).thing(), ForwardDecay.of(1, hour.start())));
    }
  }

  @Test
  void stateFromBeforeACounterWasAddedIsReadOn() {
    assertThat(Heard.sum(new long[] {1, 1, 1, 1}, new long[] {5, 5})).containsExactly(6, 6, 1, 1);
  }

  @Test
  void bucketsAreDroppedOnceNoPlayOfTheLogCanReachThemButNotAllTime() throws Exception {
    int days = 50;
    Bucket first = Bucket.of(CountedKind.ARTIST, ARTIST, Granularity.HOUR, 0);
    try (var harness = harness()) {
      harness.open();
      harness.setStateTtlProcessingTime(0);
      for (int day = 0; day < days; day++) {
        Bucket bucket = Bucket.of(CountedKind.ARTIST, ARTIST, Granularity.HOUR, day * 86_400_000L);
        harness.processElement(add(bucket, 1, 7), 0);
      }
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.numKeyedStateEntries())
          .as("each day, and the listeners of all time")
          .isEqualTo(days + 1);

      harness.setStateTtlProcessingTime(Duration.ofDays(36 + 45 + 7).toMillis() - 1);
      harness.processElement(add(first, 1), 0);
      harness.prepareSnapshotPreBarrier(2);
      assertThat(measures(harness, first)).as("in time").isEqualTo(2);

      harness.setStateTtlProcessingTime(Duration.ofDays(2 * (36 + 45 + 7)).toMillis());
      Bucket later = Bucket.of(CountedKind.ARTIST, ARTIST, Granularity.HOUR, 86_400_000L * 99);
      for (int i = 0; i < 3 * days; i++) {
        harness.processElement(add(later, 1, 7), 0);
        harness.prepareSnapshotPreBarrier(3 + i);
      }
      assertThat(harness.numKeyedStateEntries())
          .as("the later day and the listener of all time")
          .isEqualTo(2);
      assertThat(harness.extractOutputValues().get(harness.extractOutputValues().size() - 1))
          .as("all time goes on from before")
          .extracting(Tally::bucket)
          .containsExactlyInAnyOrder(later, later.of(Granularity.DAY));
    }
  }

  private static long measures(
      KeyedOneInputStreamOperatorTestHarness<Thing, Addition, Tally[]> harness, Bucket bucket) {
    return harness.extractOutputValues().stream()
        .flatMap(Stream::of)
        .filter(tally -> tally.bucket().equals(bucket))
        .mapToLong(tally -> tally.measures()[0])
        .max()
        .orElseThrow();
  }

  @Test
  void aDayTakesSome60BytesOfACheckpointAnd7OfEachFurtherHourAnd8OfEachListener() throws Exception {
    long empty = checkpointed(0, 0);
    long oneHour = checkpointed(1, 1) - empty;
    assertThat(oneHour).isBetween(50L, 62L);
    assertThat(checkpointed(5, 1) - empty).isEqualTo(oneHour + 4 * 7);
    assertThat(checkpointed(1, 5) - empty).isEqualTo(oneHour + 4 * 8);
  }

  /** What each of 2,000 days takes. */
  private static long checkpointed(int hours, int listeners) throws Exception {
    int days = 2_000;
    try (var harness = harness()) {
      harness.open();
      long[] heardBy = LongStream.range(0, listeners).toArray();
      for (int day = 0; day < days; day++) {
        for (int hour = 0; hour < hours; hour++) {
          long start = (day * 24 + hour) * 3_600_000L;
          harness.processElement(
              new Addition(
                  Bucket.of(CountedKind.ARTIST, ARTIST, Granularity.HOUR, start),
                  new Heard(new long[] {1, 1, 200_000, 0}, heardBy)),
              0);
        }
      }
      harness.prepareSnapshotPreBarrier(1);
      return harness.snapshot(1, 0).getManagedKeyedState().stream()
              .mapToLong(handle -> handle.getStateSize())
              .sum()
          / days;
    }
  }

  /** Keeps what a job of before days were one entry each kept. */
  private static final class OlderTotal extends AbstractStreamOperator<Tally[]>
      implements OneInputStreamOperator<Addition, Tally[]> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(StreamRecord<Addition> element) throws Exception {
      Bucket bucket = element.getValue().bucket();
      Heard heard = element.getValue().heard();
      byte[] listeners = UniqueListeners.plus(UniqueListeners.none(), heard.listeners());
      for (Granularity size : List.of(Granularity.HOUR, Granularity.DAY, Granularity.WEEK)) {
        update("measures", LongPrimitiveArraySerializer.INSTANCE, MEMORY, bucket.of(size))
            .update(heard.measures());
      }
      update("listeners", BytePrimitiveArraySerializer.INSTANCE, MEMORY, bucket.of(Granularity.DAY))
          .update(listeners);
      update(
              "all-time listeners",
              BytePrimitiveArraySerializer.INSTANCE,
              StateTtlConfig.DISABLED,
              bucket.of(Granularity.ALL))
          .update(listeners);
    }

    @SuppressWarnings("unchecked") // as in Total
    private <T> ValueState<T> update(
        String name, TypeSerializer<T> type, StateTtlConfig memory, Bucket bucket)
        throws Exception {
      ValueStateDescriptor<T> descriptor = new ValueStateDescriptor<>(name, type);
      descriptor.enableTimeToLive(memory);
      ValueState<T> state = getOrCreateKeyedState(LongSerializer.INSTANCE, descriptor);
      ((InternalValueState<Thing, Long, T>) state).setCurrentNamespace(bucket.span());
      return state;
    }
  }

  @Test
  void stateOfBeforeDaysWereOneEntryEachGoesOn() throws Exception {
    Bucket next = HOUR.of(Granularity.HOUR, 3_600_000);
    OperatorSubtaskState older;
    try (var before =
        new KeyedOneInputStreamOperatorTestHarness<Thing, Addition, Tally[]>(
            new OlderTotal(), addition -> addition.bucket().thing(), Thing.TYPE)) {
      before.open();
      before.processElement(add(HOUR, 2, 7, 9), 0);
      older = before.snapshot(1, 0);
    }
    OperatorSubtaskState joined;
    try (var after = harness()) {
      after.initializeState(older);
      after.open();
      after.processElement(add(HOUR, 1, 7, 8), 0);
      after.processElement(add(next, 5), 0);
      after.prepareSnapshotPreBarrier(1);
      assertThat(totals(after.extractOutputValues().get(0)))
          .containsExactlyInAnyOrder(
              "HOUR 0: 3 plays by 0",
              "HOUR 1: 5 plays by 0",
              "DAY 0: 8 plays by 3",
              "WEEK -72: 8 plays by 0",
              "ALL 0: 0 plays by 3");
      assertThat(after.numKeyedStateEntries()).as("a day, a week, all time").isEqualTo(3);
      joined = after.snapshot(2, 0);
    }
    try (var again = harness()) {
      again.initializeState(joined);
      again.open();
      again.processElement(add(next, 1), 0);
      again.prepareSnapshotPreBarrier(1);
      assertThat(totals(again.extractOutputValues().get(0)))
          .containsExactlyInAnyOrder(
              "HOUR 1: 6 plays by 0", "DAY 0: 9 plays by 3", "WEEK -72: 9 plays by 0");
    }
  }
}
