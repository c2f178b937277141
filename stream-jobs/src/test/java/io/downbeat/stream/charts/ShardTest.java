package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;
import java.util.List;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardTest {
  private OneInputStreamOperatorTestHarness<Candidate, Candidate> harness;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new Shard());
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static Candidate candidate(long hour, long track, long streams) {
    ChartKey chart =
        new ChartKey(new Id(0, 0), (byte) Granularity.HOUR.ordinal(), hour * 3_600_000);
    return new Candidate(chart, new Id(4, track), streams);
  }

  private void offer(Candidate candidate) throws Exception {
    harness.processElement(candidate, 0);
  }

  private List<Candidate> letThrough() throws Exception {
    harness.prepareSnapshotPreBarrier(1);
    List<Candidate> through = List.copyOf(harness.extractOutputValues());
    harness.getOutput().clear();
    return through;
  }

  @Test
  void whatIsInTheTopGoesOnBeforeTheCheckpointAsItWasLast() throws Exception {
    for (int track = 0; track < ChartEntry.MOST; track++) {
      offer(candidate(1, track, 2));
    }
    offer(candidate(1, 7, 3));
    assertThat(letThrough()).hasSize(ChartEntry.MOST).contains(candidate(1, 7, 3));

    offer(candidate(1, 1_000, 1));
    offer(candidate(2, 1_000, 1));
    assertThat(letThrough()).containsExactly(candidate(2, 1_000, 1));
  }

  @Test
  void aTopOfWhichNothingWasHeardForLongIsForgottenAndLetsMoreThrough() throws Exception {
    for (int track = 0; track < ChartEntry.MOST; track++) {
      offer(candidate(0, track, 2));
    }
    for (int hour = 1; hour <= 10_000; hour++) {
      offer(candidate(hour, 1, 1));
    }
    assertThat(letThrough()).hasSize(ChartEntry.MOST + 10_000);

    offer(candidate(0, 1_000, 1));
    assertThat(letThrough()).containsExactly(candidate(0, 1_000, 1));
  }

  @Test
  void aCandidateThatWouldWaitTooLongGoesOnWithoutACheckpoint() throws Exception {
    offer(candidate(1, 1, 1));
    harness.setProcessingTime(5_000);
    assertThat(harness.extractOutputValues()).containsExactly(candidate(1, 1, 1));
  }
}
