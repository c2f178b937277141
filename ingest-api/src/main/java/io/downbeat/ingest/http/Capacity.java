package io.downbeat.ingest.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that requests under way share. Thread-safe; it never waits. */
public final class Capacity {

  /** What one request holds until it is closed; closing again does nothing. */
  public interface Share extends AutoCloseable {
    @Override
    void close();
  }

  private final long bytes;
  private final AtomicLong used = new AtomicLong();

  public Capacity(long bytes) {
    this.bytes = bytes;
  }

  public long used() {
    return used.get();
  }

  /**
   * @throws Problem 429 if so much is not free
   */
  public Share take(long wanted) {
    if (used.addAndGet(wanted) > bytes) {
      used.addAndGet(-wanted);
      throw Problem.tooMuch("Too much is in flight here; nothing was taken in, send it again");
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.getAndSet(false)) {
        used.addAndGet(-wanted);
      }
    };
  }
}
