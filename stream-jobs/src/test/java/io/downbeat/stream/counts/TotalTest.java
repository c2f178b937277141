package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TotalTest {
  private static final Bucket BUCKET =
      Bucket.of(CountedKind.TRACK, new Id(4, 1), Granularity.DAY, 0);

  private static KeyedOneInputStreamOperatorTestHarness<Bucket, Tally, Tally[]> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new Total(Duration.ofSeconds(1)), Tally::bucket, TypeInformation.of(Bucket.class));
  }

  private static Tally plays(long plays) {
    return new Tally(BUCKET, new long[] {plays, 0, 0, 0});
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
          harness.processElement(new Tally(bucket, new long[] {1, 0, 0, 0}), 0);
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
  void stateFromBeforeACounterWasAddedIsReadOn() {
    assertThat(Tally.sum(new long[] {1, 1, 1, 1}, new long[] {5, 5})).containsExactly(6, 6, 1, 1);
  }
}
