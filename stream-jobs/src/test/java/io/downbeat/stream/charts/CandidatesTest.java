package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.counts.Bucket;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final OpenWindow WINDOW = new OpenWindow(36);
  private static final Id TRACK = new Id(4, 1);
  private static final Id GENRE = new Id(8, 1);

  private static KeyedTwoInputStreamOperatorTestHarness<Id, Tally[], CatalogTrack, Candidate>
      harness() throws Exception {
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new KeyedCoProcessOperator<>(
            new Candidates(WINDOW, BucketExpiry.of(WINDOW, Duration.ofDays(45)))),
        together -> together[0].bucket().id(),
        CatalogTrack::trackId,
        Id.TYPE);
  }

  /**
   * Streams of the track in the first and the last day of the week that began on 5 January 1970.
   */
  private static Tally[] week() {
    return new Tally[] {
      tally(Granularity.DAY, 4), tally(Granularity.DAY, 10), tally(Granularity.WEEK, 4)
    };
  }

  private static Tally tally(Granularity size, long day) {
    Bucket bucket =
        new Bucket((byte) 0, TRACK.high(), TRACK.low(), (byte) size.ordinal(), day * DAY);
    return new Tally(bucket, new long[] {5, 5, 5, 0}, 0);
  }

  private static CatalogTrack track(long loggedDay) {
    return new CatalogTrack(TRACK, List.of(), null, List.of(GENRE), loggedDay * DAY);
  }

  private static List<String> ofGenre(List<Candidate> candidates) {
    return candidates.stream()
        .map(Candidate::chart)
        .filter(chart -> chart.scope().equals(GENRE))
        .map(chart -> chart.window() + " " + chart.start() / DAY)
        .toList();
  }

  @Test
  void anUnknownTrackWaitsForItsGenresAndChartsClosedByThenAreLeftAlone() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement1(week(), 0);
      assertThat(harness.extractOutputValues()).as("of everything").hasSize(3);
      harness.processElement2(track(4 + 36), 0);
      assertThat(ofGenre(harness.extractOutputValues()))
          .containsExactlyInAnyOrder("DAY 10", "WEEK 4");
      assertThat(harness.numKeyedStateEntries()).as("the track alone").isEqualTo(1);
    }
  }

  @Test
  void whatWaitsForATrackThatNeverComesIsDropped() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.setStateTtlProcessingTime(0);
      harness.processElement1(week(), 0);
      harness.setStateTtlProcessingTime((36 + 45 + 7) * DAY);
      harness.processElement2(track(4), 0);
      assertThat(ofGenre(harness.extractOutputValues())).isEmpty();
    }
  }
}
