package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Id;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AttributeTest {
  private static final Id TRACK = new Id(4, 1);
  private static final Id ARTIST = new Id(5, 1);
  private static final Id GENRE = new Id(8, 1);
  private static final CatalogTrack CATALOG_TRACK =
      new CatalogTrack(TRACK, List.of(ARTIST), null, List.of(GENRE));

  private static KeyedTwoInputStreamOperatorTestHarness<Id, Tally, CatalogTrack, Tally> harness()
      throws Exception {
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new KeyedCoProcessOperator<>(new Attribute()),
        tally -> tally.bucket().id(),
        CatalogTrack::trackId,
        TypeInformation.of(Id.class));
  }

  private static Tally plays(long hour, long plays) {
    return new Tally(
        Bucket.of(CountedKind.TRACK, TRACK, Granularity.HOUR, hour * 3_600_000),
        new long[] {plays, 0, 0, 0});
  }

  private static List<String> credits(List<Tally> tallies) {
    return tallies.stream()
        .map(
            tally ->
                tally.bucket().kind()
                    + " "
                    + tally.bucket().granularity()
                    + " "
                    + tally.bucket().start() / 3_600_000
                    + ": "
                    + tally.measures()[0])
        .collect(Collectors.toList());
  }

  @Test
  void playsOfAnUnknownTrackWaitAndAreCreditedOnceWhenItArrives() throws Exception {
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.processElement1(plays(25, 2), 0);
      before.processElement1(plays(25, 3), 0);
      assertThat(credits(before.extractOutputValues()))
          .containsExactlyInAnyOrder(
              "TRACK HOUR 25: 2",
              "TRACK DAY 24: 2",
              "EVERYTHING HOUR 25: 2",
              "EVERYTHING DAY 24: 2",
              "TRACK HOUR 25: 3",
              "TRACK DAY 24: 3",
              "EVERYTHING HOUR 25: 3",
              "EVERYTHING DAY 24: 3");
      checkpoint = before.snapshot(1, 0);
    }
    try (var after = harness()) {
      after.initializeState(checkpoint);
      after.open();
      assertThat(after.numKeyedStateEntries()).as("one waiting hour").isEqualTo(1);
      after.processElement2(CATALOG_TRACK, 0);
      after.processElement2(CATALOG_TRACK, 0);
      assertThat(credits(after.extractOutputValues()))
          .containsExactlyInAnyOrder(
              "ARTIST HOUR 25: 5", "ARTIST DAY 24: 5", "GENRE HOUR 25: 5", "GENRE DAY 24: 5");
      assertThat(after.numKeyedStateEntries()).as("the track alone").isEqualTo(1);
      assertThat(after.numProcessingTimeTimers()).isZero();
    }
  }

  @Test
  void playsOfAKnownTrackAreCreditedAtOnce() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement2(CATALOG_TRACK, 0);
      harness.processElement1(plays(3, 1), 0);
      assertThat(credits(harness.extractOutputValues()))
          .contains("ARTIST HOUR 3: 1", "ARTIST DAY 0: 1", "GENRE HOUR 3: 1", "TRACK HOUR 3: 1")
          .hasSize(8);
    }
  }
}
