package io.downbeat.serving;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.function.ThrowingSupplier;

/** Asking again until it is so. */
public final class Eventually {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /** Fails with what was seen last if it is not so in time. */
  public static void within(
      Duration limit, ThrowingSupplier<Boolean> isSo, ThrowingSupplier<?> seen) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!isSo.get()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("Not so within " + limit + ": " + seen.get());
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
