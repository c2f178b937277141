package io.downbeat.stream.io;

import java.time.Duration;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;

/**
 * Holds what comes in and sends it on together, once an interval and before each checkpoint's
 * barrier, so that nothing held needs to be in a checkpoint.
 *
 * <p>Under back-pressure a flush waits four times as long as flushes take, up to the longest
 * interval. How long they take is learned from each, by no more than twice or half of what was
 * known before: what stops one alone, as a checkpoint does, is no back-pressure.
 */
public abstract class Batching<I, O> extends AbstractStreamOperator<O>
    implements OneInputStreamOperator<I, O> {
  private static final long serialVersionUID = 1;

  private static final long NO_PRESSURE_MILLIS = 5;

  private final long intervalMillis;
  private final long longestMillis;
  private transient long flushTakes;

  protected Batching(Duration interval, Duration longest) {
    this.intervalMillis = interval.toMillis();
    this.longestMillis = longest.toMillis();
  }

  /** Sends all that is held. */
  protected abstract void flush() throws Exception;

  /** Sends what shall not wait for the next checkpoint. */
  protected void flushInterval() throws Exception {
    flush();
  }

  @Override
  public void open() throws Exception {
    super.open();
    scheduleFlush(intervalMillis);
  }

  private void scheduleFlush(long delayMillis) {
    long next = getProcessingTimeService().getCurrentProcessingTime() + delayMillis;
    getProcessingTimeService()
        .registerTimer(
            next,
            time -> {
              long start = System.nanoTime();
              flushInterval();
              learn((System.nanoTime() - start) / 1_000_000);
              scheduleFlush(longer(intervalMillis, 4));
            });
  }

  private void learn(long took) {
    long most = Math.max(NO_PRESSURE_MILLIS, 2 * flushTakes);
    flushTakes = Math.max(flushTakes / 2, Math.min(most, took));
  }

  /** An interval, or some times as long as a flush takes where that is longer; milliseconds. */
  protected final long longer(long interval, int times) {
    return Math.min(longestMillis, Math.max(interval, times * flushTakes));
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    flush();
  }

  @Override
  public void finish() throws Exception {
    flush();
  }
}
