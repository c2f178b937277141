package io.downbeat.stream.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class BatchingTest {
  private static final int INTERVAL = 100;
  private static final int LONG = 100;

  /** Tells how often it was flushed, and takes as long for it as it is told. */
  private static final class Slow extends Batching<Integer, Integer> {
    private static final long serialVersionUID = 1;
    private int flushed;
    private int takes;

    Slow() {
      super(Duration.ofMillis(INTERVAL), Duration.ofMillis(10 * LONG));
    }

    @Override
    public void processElement(StreamRecord<Integer> element) {
      takes = element.getValue();
    }

    @Override
    protected void flush() throws InterruptedException {
      flushed++;
      TimeUnit.MILLISECONDS.sleep(takes);
    }
  }

  @Test
  void oneLongFlushDelaysNoOther() throws Exception {
    Slow slow = new Slow();
    try (var harness = new OneInputStreamOperatorTestHarness<>(slow)) {
      harness.open();
      harness.setProcessingTime(INTERVAL);
      harness.processElement(LONG, 0);
      harness.setProcessingTime(2 * INTERVAL);
      harness.processElement(0, 0);
      harness.setProcessingTime(3 * INTERVAL);
      assertThat(slow.flushed).isEqualTo(3);
    }
  }

  @Test
  void whereEachTakesLongTheyComeFurtherApartAndBackTogetherOnceTheyDoNot() throws Exception {
    Slow slow = new Slow();
    try (var harness = new OneInputStreamOperatorTestHarness<>(slow)) {
      harness.open();
      harness.processElement(LONG, 0);
      long now = 0;
      for (int flushes = 1; flushes <= 7; flushes++) {
        now = untilFlushed(flushes, now, slow, harness);
      }
      long next = untilFlushed(8, now, slow, harness);
      assertThat(next - now).isBetween(3L * LONG, 10L * LONG);
      now = next;
      harness.processElement(0, 0);
      for (int flushes = 9; flushes <= 20; flushes++) {
        now = untilFlushed(flushes, now, slow, harness);
      }
      assertThat(untilFlushed(21, now, slow, harness) - now).isEqualTo(INTERVAL);
    }
  }

  private static long untilFlushed(
      int flushes,
      long from,
      Slow slow,
      OneInputStreamOperatorTestHarness<Integer, Integer> harness)
      throws Exception {
    long now = from;
    while (slow.flushed < flushes) {
      now++;
      harness.setProcessingTime(now);
    }
    return now;
  }
}
