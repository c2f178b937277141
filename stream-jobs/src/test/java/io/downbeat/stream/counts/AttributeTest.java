package io.downbeat.stream.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AttributeTest {
  private static final OpenWindow WINDOW = new OpenWindow(36);
  private static final Id TRACK = new Id(4, 1);
  private static final Id ARTIST = new Id(5, 1);
  private static final Id GENRE = new Id(8, 1);
  private static final CatalogTrack CATALOG_TRACK =
      new CatalogTrack(TRACK, List.of(ARTIST), null, List.of(GENRE), 0);

  private static KeyedTwoInputStreamOperatorTestHarness<Id, Addition, CatalogTrack, Addition>
      harness() throws Exception {
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new KeyedCoProcessOperator<>(
            new Attribute(WINDOW, BucketExpiry.of(WINDOW, Duration.ofDays(45)))),
        addition -> addition.bucket().id(),
        CatalogTrack::trackId,
        Id.TYPE);
  }

  private static Addition plays(long hour, long plays, long... listeners) {
    return plays(Granularity.HOUR, hour, plays, listeners);
  }

  private static Addition plays(Granularity size, long hour, long plays, long... listeners) {
    return new Addition(
        Bucket.of(CountedKind.TRACK, TRACK, size, hour * 3_600_000),
        new Heard(new long[] {plays, 0, 0, 0}, listeners));
  }

  private static List<String> credits(List<Addition> additions) {
    return additions.stream()
        .map(
            addition ->
                "%s %s %d: %d plays of %s"
                    .formatted(
                        addition.bucket().kind(),
                        addition.bucket().granularity(),
                        addition.bucket().start() / 3_600_000,
                        addition.heard().measures()[0],
                        Arrays.toString(addition.heard().listeners())))
        .toList();
  }

  @Test
  void playsOfAnUnknownTrackWaitAndAreCreditedOnceWhenItArrives() throws Exception {
    OperatorSubtaskState checkpoint;
    try (var before = harness()) {
      before.open();
      before.processElement1(plays(25, 2, 7), 0);
      before.processElement1(plays(25, 3, 7, 8), 0);
      assertThat(credits(before.extractOutputValues()))
          .containsExactlyInAnyOrder(
              "TRACK HOUR 25: 2 plays of [7]",
              "EVERYTHING HOUR 25: 2 plays of [7]",
              "TRACK HOUR 25: 3 plays of [7, 8]",
              "EVERYTHING HOUR 25: 3 plays of [7, 8]");
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
              "ARTIST HOUR 25: 5 plays of [7, 8]", "GENRE HOUR 25: 5 plays of [7, 8]");
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
          .contains("ARTIST HOUR 3: 1 plays of []", "GENRE HOUR 3: 1 plays of []")
          .hasSize(4);
    }
  }

  @Test
  void whatIsOpenOfAPlayIsOpenForAllThatItCountsFor() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement2(CATALOG_TRACK, 0);
      harness.processElement1(plays(Granularity.WEEK, 25, 2, 7), 0);
      harness.processElement1(plays(Granularity.ALL, 25, 2, 8), 0);
      assertThat(credits(harness.extractOutputValues()))
          .containsExactlyInAnyOrder(
              "TRACK WEEK -72: 2 plays of [7]",
              "EVERYTHING WEEK -72: 2 plays of [7]",
              "ARTIST WEEK -72: 2 plays of [7]",
              "GENRE WEEK -72: 2 plays of [7]",
              "TRACK ALL 0: 2 plays of [8]",
              "EVERYTHING ALL 0: 2 plays of [8]",
              "ARTIST ALL 0: 2 plays of [8]",
              "GENRE ALL 0: 2 plays of [8]");
    }
  }

  @Test
  void ofAnUnknownTrackHoursThatCloseBeforeItArrivesLeaveTheirListenersAlone() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement1(plays(23, 2, 7), 0);
      harness.processElement1(plays(24, 3, 8), 0);
      harness.processElement1(plays(Granularity.WEEK, 0, 4, 9), 0);
      harness.processElement1(plays(Granularity.ALL, 0, 5, 10), 0);
      assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
      int before = harness.extractOutputValues().size();
      long firstDayIsClosed = Duration.ofDays(36).toMillis();
      harness.processElement2(
          new CatalogTrack(TRACK, List.of(ARTIST), null, List.of(), firstDayIsClosed), 0);
      assertThat(credits(harness.extractOutputValues()).stream().skip(before))
          .containsExactlyInAnyOrder(
              "ARTIST ALL 0: 2 plays of [7]",
              "ARTIST HOUR 24: 3 plays of [8]",
              "ARTIST ALL 0: 0 plays of [9, 10]");
      assertThat(harness.numKeyedStateEntries()).as("the track alone").isEqualTo(1);
    }
  }

  @Test
  void whatWaitsForATrackThatNeverComesIsDropped() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.setStateTtlProcessingTime(0);
      harness.processElement1(plays(1, 2, 7), 0);
      harness.setStateTtlProcessingTime(Duration.ofDays(36 + 45 + 7).toMillis());
      harness.processElement2(CATALOG_TRACK, 0);
      assertThat(credits(harness.extractOutputValues()))
          .hasSize(2)
          .noneMatch(c -> c.contains("ARTIST"));
    }
  }
}
