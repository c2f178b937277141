package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckpointedChartsTest {
  private static final StateTtlConfig MEMORY =
      BucketExpiry.of(new OpenWindow(36), Duration.ofDays(45));
  private static final ChartKey TODAY = chart(0);
  private static final ChartKey TOMORROW = chart(86_400_000);

  private static ChartKey chart(long start) {
    return new ChartKey(new Id(0, 0), (byte) Granularity.DAY.ordinal(), start);
  }

  private static KeyedOneInputStreamOperatorTestHarness<ChartKey, Candidate, Chart> harness(
      boolean all) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new Charts(MEMORY, all), Candidate::chart, ChartKey.TYPE);
  }

  private static KeyedOneInputStreamOperatorTestHarness<ChartKey, Candidate, Chart> restored(
      @Nullable OperatorSubtaskState checkpoint, boolean all) throws Exception {
    var harness = harness(all);
    if (checkpoint != null) {
      harness.initializeState(checkpoint);
    }
    harness.open();
    harness.setProcessingTime(1);
    return harness;
  }

  private static Candidate streams(ChartKey chart, long track, long streams) {
    return new Candidate(chart, new Id(4, track), streams);
  }

  private static List<String> sent(
      KeyedOneInputStreamOperatorTestHarness<ChartKey, Candidate, Chart> harness) {
    List<String> charts =
        harness.extractOutputValues().stream()
            .map(chart -> (chart.key().equals(TODAY) ? "today " : "tomorrow ") + chart.streams())
            .toList();
    harness.getOutput().clear();
    return charts;
  }

  @Test
  void aChartGoesOutAsItWasInTheCheckpointOnceThatIsComplete() throws Exception {
    try (var harness = harness(false)) {
      harness.open();
      harness.processElement(streams(TODAY, 1, 5), 0);
      harness.prepareSnapshotPreBarrier(1);
      harness.snapshot(1, 0);
      harness.processElement(streams(TODAY, 1, 7), 0);
      assertThat(sent(harness)).as("not before").isEmpty();
      harness.notifyOfCompletedCheckpoint(1);
      assertThat(sent(harness)).containsExactly("today 5");
      harness.snapshot(2, 0);
      harness.notifyOfCompletedCheckpoint(2);
      assertThat(sent(harness)).containsExactly("today 7");
      harness.snapshot(3, 0);
      harness.notifyOfCompletedCheckpoint(3);
      assertThat(sent(harness)).as("nothing changed").isEmpty();
    }
  }

  @Test
  void whatAnAbortedCheckpointHeldGoesOutWithTheNext() throws Exception {
    try (var harness = harness(false)) {
      harness.open();
      harness.processElement(streams(TODAY, 1, 5), 0);
      harness.processElement(streams(TOMORROW, 1, 1), 0);
      harness.snapshot(1, 0);
      harness.processElement(streams(TODAY, 1, 7), 0);
      harness.getOneInputOperator().notifyCheckpointAborted(1);
      harness.snapshot(2, 0);
      assertThat(sent(harness)).isEmpty();
      harness.notifyOfCompletedCheckpoint(2);
      assertThat(sent(harness)).containsExactlyInAnyOrder("today 7", "tomorrow 1");
    }
  }

  @Test
  void whatARestoredCheckpointMayNotHaveSentGoesOutAtOnceAndNothingElse() throws Exception {
    OperatorSubtaskState sentToday;
    try (var before = harness(false)) {
      before.open();
      before.processElement(streams(TODAY, 1, 5), 0);
      before.snapshot(1, 0);
      before.notifyOfCompletedCheckpoint(1);
      before.processElement(streams(TOMORROW, 1, 1), 0);
      sentToday = before.snapshot(2, 0);
    }
    try (var after = restored(sentToday, false)) {
      assertThat(sent(after)).containsExactly("tomorrow 1");
      after.snapshot(3, 0);
      after.notifyOfCompletedCheckpoint(3);
      assertThat(sent(after)).isEmpty();
    }
    try (var rebuilt = restored(sentToday, true)) {
      assertThat(sent(rebuilt)).containsExactlyInAnyOrder("today 5", "tomorrow 1");
    }
  }

  /** Totals may come in any order after a restart: of the same plays, but from other partitions. */
  @Property(tries = 300)
  void noEntryIsEverLowerWhateverCrashes(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 9) Integer> steps,
      @ForAll @IntRange(max = 1000) int seed)
      throws Exception {
    Map<UUID, Long> seen = new HashMap<>();
    Map<Integer, Long> totals = new HashMap<>();
    Map<Integer, Long> ofCheckpoint = new HashMap<>();
    OperatorSubtaskState complete = null;
    long checkpoint = 0;
    var harness = harness(false);
    harness.open();
    try {
      // Up to 5: a stream; 6 to 8: a checkpoint, aborted, complete, complete and crashed; 9: a
      // crash.
      for (int step : steps) {
        if (step < 6) {
          long total = totals.merge(step, 1L + (seed + step) % 3, Long::sum);
          harness.processElement(streams(TODAY, step, total), 0);
        } else if (step == 6) {
          checkpoint++;
          harness.snapshot(checkpoint, 0);
          harness.getOneInputOperator().notifyCheckpointAborted(checkpoint);
        } else if (step < 9) {
          checkpoint++;
          complete = harness.snapshot(checkpoint, 0);
          ofCheckpoint = new HashMap<>(totals);
        }
        if (step == 7) {
          harness.notifyOfCompletedCheckpoint(checkpoint);
        }
        if (step > 7) {
          harness.close();
          totals = new HashMap<>(ofCheckpoint);
          harness = restored(complete, false);
        }
        look(harness.extractOutputValues(), seen);
        harness.getOutput().clear();
      }
      harness.snapshot(checkpoint + 1, 0);
      harness.notifyOfCompletedCheckpoint(checkpoint + 1);
      look(harness.extractOutputValues(), seen);
      Map<UUID, Long> expected = new HashMap<>();
      totals.forEach((track, total) -> expected.put(new Id(4, track).toUuid(), total));
      assertThat(seen).isEqualTo(expected);
    } finally {
      harness.close();
    }
  }

  private static void look(List<Chart> charts, Map<UUID, Long> seen) {
    for (Chart chart : charts) {
      for (ChartEntry entry : chart.entries()) {
        assertThat(entry.streams()).isGreaterThanOrEqualTo(seen.getOrDefault(entry.track(), 0L));
        seen.put(entry.track(), entry.streams());
      }
    }
  }
}
