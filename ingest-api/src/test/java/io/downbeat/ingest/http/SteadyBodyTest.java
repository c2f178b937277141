package io.downbeat.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class SteadyBodyTest {
  private long nanos;
  private long nanosPerRead;
  private int bytesPerRead;

  @Test
  void aByteASecondIsGivenUpOnceHalfAMinuteWasLost() throws IOException {
    InputStream body = body(Duration.ofSeconds(1), 1);
    for (int i = 0; i < 31; i++) {
      assertThat(body.read(new byte[100])).isEqualTo(1);
    }
    // Of each second the byte is worth a sixteenth, so 30 s are lost in 32 s.
    assertThatThrownBy(() -> readAll(body, 3))
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void whatComesJustFastEnoughGoesOnForEver() throws IOException {
    readAll(body(Duration.ofSeconds(10), 160), 100_000);
  }

  @Test
  void whatCameFastBeforeDoesNotMakeUpForIt() throws IOException {
    InputStream body = body(Duration.ZERO, 1_000_000);
    readAll(body, 1_000);
    nanosPerRead = Duration.ofSeconds(20).toNanos();
    bytesPerRead = 1;
    assertThatThrownBy(() -> readAll(body, 2)).hasCauseInstanceOf(TimeoutException.class);
  }

  private InputStream body(Duration perRead, int bytes) {
    nanosPerRead = perRead.toNanos();
    bytesPerRead = bytes;
    InputStream in =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("read one by one");
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            nanos += nanosPerRead;
            return Math.min(length, bytesPerRead);
          }
        };
    return new SteadyBody(in, new SteadyBody.Pace(16, Duration.ofSeconds(30)), () -> nanos);
  }

  private static void readAll(InputStream body, int reads) throws IOException {
    byte[] into = new byte[1_000_000];
    for (int i = 0; i < reads; i++) {
      body.read(into);
    }
  }
}
