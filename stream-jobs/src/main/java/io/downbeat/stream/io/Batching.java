package io.downbeat.stream.io;

import java.time.Duration;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;

/**
 * Holds what comes in and sends it on together, once an interval and before each checkpoint's
 * barrier, so that nothing held needs to be in a checkpoint.
 *
 * <p>After a flush that met back-pressure the next waits four times as long as that one took, up to
 * the longest interval.
 */
public abstract class Batching<I, O> extends AbstractStreamOperator<O>
    implements OneInputStreamOperator<I, O> {
  private static final long serialVersionUID = 1;

  private final long intervalMillis;
  private final long longestMillis;

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
              long took = (System.nanoTime() - start) / 1_000_000;
              scheduleFlush(Math.min(longestMillis, Math.max(intervalMillis, 4 * took)));
            });
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
