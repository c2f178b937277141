package io.downbeat.ingest.catalog;

import io.downbeat.ingest.log.Log.Acknowledgement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one import that are written and not yet acknowledged, bounded by their bytes. One
 * thread admits; any thread acknowledges.
 */
final class Window {

  private final int bytes;
  private final Duration patience;
  private final Semaphore free;
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean failed;

  /**
   * @param bytes at least as many as a line has
   * @param patience for which admission and end may wait
   */
  Window(int bytes, Duration patience) {
    this.bytes = bytes;
    this.patience = patience;
    this.free = new Semaphore(bytes);
  }

  /** Waits for room; null once a line has failed, or nothing made room in time. */
  @Nullable Acknowledgement admit(int lineBytes) throws InterruptedException {
    if (failed || !free.tryAcquire(lineBytes, patience.toMillis(), TimeUnit.MILLISECONDS)) {
      failed = true;
      return null;
    }
    return failure -> {
      if (failure == null) {
        acknowledged.incrementAndGet();
      } else {
        failed = true;
      }
      free.release(lineBytes);
    };
  }

  /** Waits until all is settled; whether every line is acknowledged. */
  boolean settled() throws InterruptedException {
    boolean all = free.tryAcquire(bytes, patience.toMillis(), TimeUnit.MILLISECONDS);
    return all && !failed;
  }

  long acknowledged() {
    return acknowledged.get();
  }
}
