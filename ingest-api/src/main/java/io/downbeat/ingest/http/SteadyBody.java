package io.downbeat.ingest.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * A body that may be of any length but has to keep coming: reading fails, with a {@link
 * TimeoutException} as the cause, once its sender was waited for longer than its bytes are worth.
 * What the reader takes itself doesn't count. Not thread-safe.
 */
public final class SteadyBody extends InputStream {

  /**
   * @param bytes a second, on average
   * @param patience for which it may be silent between them
   */
  public record Pace(int bytes, Duration patience) {}

  private final InputStream in;
  private final long nanosPerByte;
  private final long patience;
  private final LongSupplier nanoTime;
  private long allowed;

  public SteadyBody(InputStream in, Pace pace) {
    this(in, pace, System::nanoTime);
  }

  SteadyBody(InputStream in, Pace pace, LongSupplier nanoTime) {
    this.in = in;
    this.nanosPerByte = Duration.ofSeconds(1).toNanos() / pace.bytes();
    this.patience = pace.patience().toNanos();
    this.nanoTime = nanoTime;
    this.allowed = patience;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    long before = nanoTime.getAsLong();
    int read = in.read(into, offset, length);
    allowed -= nanoTime.getAsLong() - before;
    if (read >= 0 && allowed < 0) {
      throw new IOException("The body comes too slowly", new TimeoutException());
    }
    allowed = Math.min(patience, allowed + Math.max(0, read) * nanosPerByte);
    return read;
  }
}
