package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TotalTest {
  private static final StateTtlConfig MEMORY =
      BucketExpiry.of(new OpenWindow(36), Duration.ofDays(45));
  private static final Bucket BUCKET =
      Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.DAY, 0);

  private static KeyedOneInputStreamOperatorTestHarness<Bucket, Addition, Tally[]> harness()
      throws Exception {
    return harness(false);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Bucket, Addition, Tally[]> harness(
      boolean all) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new Total(MEMORY, Duration.ofSeconds(1), all),
        Addition::bucket,
        TypeInformation.of(Bucket.class));
  }

  private static Addition plays(long plays) {
    return add(BUCKET, plays);
  }

  private static Addition add(Bucket bucket, long plays, long... listeners) {
    return new Addition(bucket, new Heard(new long[] {plays, 0, 0, 0}, listeners));
  }

  @Test
  void changedTotalsGoOutTogetherOnceAnInterval() throws Exception {
    try (var harness = harness()) {
      harness.setProcessingTime(0);
      harness.open();
      harness.processElement(plays(2), 0);
      harness.processElement(plays(3), 0);
      harness.setProcessingTime(999);
      assertThat(harness.extractOutputValues()).isEmpty();
      harness.setProcessingTime(1_000);
      assertThat(harness.extractOutputValues())
          .extracting(totals -> totals[0].measures()[0])
          .isEqualTo(List.of(5L));
      harness.setProcessingTime(10_000);
      assertThat(harness.extractOutputValues()).as("nothing changed").hasSize(1);
    }
  }

  @Test
  void whatChangedOfAThingGoesOutTogetherInBoundedWrites() throws Exception {
    try (var harness = harness()) {
      harness.open();
      for (long track = 1; track <= 2; track++) {
        for (int hour = 0; hour < 150; hour++) {
          Bucket bucket =
              Bucket.of(CountedKind.TRACK, new Id(4, track), Granularity.HOUR, hour * 3_600_000L);
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
      assertThat(sent.stream().flatMap(Stream::of).map(Tally::bucket).distinct()).hasSize(300);
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
      assertThat(after.extractOutputValues())
          .extracting(totals -> totals[0].measures()[0])
          .isEqualTo(List.of(6L));
    }
  }

  @Test
  void allOfARestoredStateGoesOutOnceWhereThatIsAskedFor() throws Exception {
    Bucket allTime = Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.ALL, 0);
    Bucket hour = Bucket.of(CountedKind.TRACK, new Id(4, 2), Granularity.HOUR, 0);
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.processElement(add(BUCKET, 2, 7, 9), 0);
      before.processElement(add(hour, 3), 0);
      before.processElement(add(allTime, 0, 7, 8, 9), 0);
      before.prepareSnapshotPreBarrier(1);
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness(true)) {
      after.initializeState(checkpoint);
      after.open();
      after.processElement(add(hour, 1), 0);
      after.prepareSnapshotPreBarrier(2);
      assertThat(after.extractOutputValues())
          .flatExtracting(Arrays::asList)
          .extracting(Tally::bucket, tally -> tally.measures()[0], Tally::listeners)
          .containsExactlyInAnyOrder(
              tuple(BUCKET, 2L, 2L), tuple(hour, 4L, 0L), tuple(allTime, 0L, 3L));
      after.prepareSnapshotPreBarrier(3);
      assertThat(after.extractOutputValues()).as("once").hasSize(2);
    }
  }

  @Test
  void eachListenerIsCountedOnceAndAllTimeGoesOutForNewOnesAlone() throws Exception {
    Bucket allTime = Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.ALL, 0);
    try (var harness = harness()) {
      harness.open();
      harness.processElement(add(BUCKET, 2, 7, 9), 0);
      harness.processElement(add(BUCKET, 1, 8, 9), 0);
      harness.processElement(add(allTime, 0, 7, 8, 9), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues())
          .flatExtracting(Arrays::asList)
          .extracting(Tally::listeners)
          .containsExactly(3L, 3L);
      harness.processElement(add(BUCKET, 1, 7), 0);
      harness.processElement(add(allTime, 0, 7), 0);
      harness.prepareSnapshotPreBarrier(2);
      assertThat(harness.extractOutputValues().get(1))
          .extracting(Tally::bucket)
          .containsExactly(BUCKET);
    }
  }

  @Test
  void stateFromBeforeACounterWasAddedIsReadOn() {
    assertThat(Heard.sum(new long[] {1, 1, 1, 1}, new long[] {5, 5})).containsExactly(6, 6, 1, 1);
  }

  @Test
  void bucketsAreDroppedOnceNoPlayOfTheLogCanReachThemButNotAllTime() throws Exception {
    int days = 50;
    try (var harness = harness()) {
      harness.open();
      harness.setStateTtlProcessingTime(0);
      for (int day = 0; day < days; day++) {
        Bucket bucket =
            Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.DAY, day * 86_400_000L);
        harness.processElement(add(bucket, 1, 7), 0);
      }
      Bucket allTime = Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.ALL, 0);
      harness.processElement(add(allTime, 0, 7), 0);
      assertThat(harness.numKeyedStateEntries())
          .as("measures and listeners of each day, listeners of all time")
          .isEqualTo(2 * days + 1);

      harness.setStateTtlProcessingTime(Duration.ofDays(36 + 45 + 7).toMillis() - 1);
      harness.processElement(plays(1), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(measures(harness, BUCKET)).as("in time").isEqualTo(2);

      harness.setStateTtlProcessingTime(Duration.ofDays(2 * (36 + 45 + 7)).toMillis());
      Bucket later = Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.DAY, 86_400_000L * 99);
      for (int i = 0; i < days; i++) {
        harness.processElement(add(later, 1, 7), 0);
      }
      harness.processElement(add(allTime, 0, 7), 0);
      harness.prepareSnapshotPreBarrier(2);
      assertThat(harness.numKeyedStateEntries())
          .as("the later day and the listener of all time")
          .isEqualTo(3);
      assertThat(harness.extractOutputValues().get(harness.extractOutputValues().size() - 1))
          .as("all time goes on from before")
          .extracting(Tally::bucket)
          .containsExactly(later);
    }
  }

  private static long measures(
      KeyedOneInputStreamOperatorTestHarness<Bucket, Addition, Tally[]> harness, Bucket bucket) {
    return harness.extractOutputValues().stream()
        .flatMap(Stream::of)
        .filter(tally -> tally.bucket().equals(bucket))
        .mapToLong(tally -> tally.measures()[0])
        .max()
        .orElseThrow();
  }

  @Test
  void aBucketTakesSome80BytesOfACheckpoint() throws Exception {
    int hours = 2_000;
    try (var harness = harness()) {
      harness.open();
      for (int hour = 0; hour < hours; hour++) {
        Bucket bucket =
            Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.HOUR, hour * 3_600_000L);
        harness.processElement(add(bucket, 1), 0);
      }
      long bytes =
          harness.snapshot(1, 0).getManagedKeyedState().stream()
              .mapToLong(handle -> handle.getStateSize())
              .sum();
      assertThat(bytes / hours).isBetween(70L, 85L);
    }
  }
}
