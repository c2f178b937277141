package io.downbeat.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
  private static final long MILLI = 1_000_000;

  /** Passes when somebody sleeps or is being answered. */
  private static final class Time implements OpenLoop.Ticks {
    private long now = 17;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void sleepUntil(long nanos) {
      now = Math.max(now, nanos);
    }
  }

  private record Server(Time time, IntToLongFunction answersWithin) implements OpenLoop.Asked {
    @Override
    public OpenLoop.Asker connect() {
      return new OpenLoop.Asker() {
        private int asked;

        @Override
        public void ask(String query) {
          time.now += answersWithin.applyAsLong(asked++);
        }

        @Override
        public void close() {}
      };
    }
  }

  private static OpenLoop.Latencies run(int queries, IntToLongFunction answersWithin)
      throws Exception {
    Time time = new Time();
    long[] moments = new long[queries];
    for (int i = 0; i < queries; i++) {
      moments[i] = i * 10 * MILLI;
    }
    return new OpenLoop(time)
        .run(new Server(time, answersWithin), Collections.nCopies(queries, "q"), moments, 1);
  }

  @Test
  void whatWaitsBehindAStallIsCountedFromItsOwnMoment() throws Exception {
    OpenLoop.Latencies latencies = run(100, i -> i == 0 ? 200 * MILLI : MILLI);
    // After the stall of 200 ms each wins 9 ms on the one before: 200, 191, 182, ...
    long late = 0;
    for (int i = 0; 200 - 9 * i > 1; i++) {
      late++;
    }
    assertThat(latencies.unasked()).isZero();
    assertThat(latencies.micros().getTotalCount()).isEqualTo(100);
    assertThat(latencies.micros().getCountBetweenValues(2_000, 1_000_000)).isEqualTo(late);
    assertThat(latencies.millis(100)).isBetween(199.0, 201.0);
    assertThat(latencies.millis(50)).isBetween(.9, 1.1);
  }

  @Test
  void ofAServerThatIsTooSlowTheRestIsNotAskedButCounts() throws Exception {
    OpenLoop.Latencies latencies = run(100, i -> 40 * MILLI);
    // At 25 a second, twice the length of 0.99 s is enough for 50.
    assertThat(latencies.unasked()).isEqualTo(50);
    assertThat(latencies.micros().getTotalCount()).isEqualTo(100);
    assertThat(latencies.millis(99)).isGreaterThan(900);
  }

  @Test
  void momentsComeAtTheRate() {
    long[] moments = OpenLoop.moments(200, Duration.ofSeconds(60), 3);
    assertThat(moments).hasSize(12_000).isSorted();
    assertThat(moments[11_999] / 1e9).isBetween(57.0, 63.0);
  }
}
