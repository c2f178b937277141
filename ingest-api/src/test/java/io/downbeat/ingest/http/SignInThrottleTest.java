package io.downbeat.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SignInThrottleTest {
  private static final String EMAIL = "someone@example.org";
  private static final String HOME = "203.0.113.7";

  private final Time time = new Time();
  private final SignInThrottle throttle =
      new SignInThrottle(new SignInThrottle.Settings(10, 30, Duration.ofMinutes(15), 1_000), time);

  @Test
  void afterTenFailuresForAnAddressTheNextOneWaitsUntilOneIsForgotten() {
    for (int i = 0; i < 10; i++) {
      fail(EMAIL, HOME);
    }

    Problem refused = refused(EMAIL, HOME);

    // Ten in fifteen minutes: one in ninety seconds.
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused).hasMessage("Too many requests; try again in 90 s");
    time.pass(Duration.ofSeconds(89));
    assertThat(refused(EMAIL, HOME)).hasMessage("Too many requests; try again in 1 s");
    time.pass(Duration.ofSeconds(1));
    fail(EMAIL, HOME);
    assertThat(refused(EMAIL, HOME)).hasMessage("Too many requests; try again in 90 s");
  }

  @Test
  void anotherAddressesSignInsGoOn() {
    for (int i = 0; i < 10; i++) {
      fail(EMAIL, HOME);
    }
    fail("another@example.org", HOME);
  }

  @Test
  void theAddressIsTheSameInCapitalsAndFromAnywhere() {
    for (int i = 0; i < 10; i++) {
      fail("Someone@Example.org ", "198.51.100." + i);
    }
    refused(EMAIL, HOME);
  }

  @Test
  void aSuccessForgetsTheFailuresBeforeIt() {
    for (int i = 0; i < 9; i++) {
      fail(EMAIL, HOME);
    }
    throttle.check(EMAIL, HOME);
    throttle.succeeded(EMAIL);
    for (int i = 0; i < 10; i++) {
      fail(EMAIL, HOME);
    }
    refused(EMAIL, HOME);
  }

  @Test
  void manyAddressesTriedFromOnePlaceAreStoppedToo() {
    for (int i = 0; i < 30; i++) {
      fail("user" + i + "@example.org", HOME);
    }
    // Thirty in fifteen minutes: one in thirty seconds.
    assertThat(refused("fresh@example.org", HOME))
        .hasMessage("Too many requests; try again in 30 s");
    fail("fresh@example.org", "198.51.100.1");
    throttle.succeeded("fresh@example.org");
    refused("fresh@example.org", HOME);
  }

  @Test
  void whoIsStoppedByThePlaceDoesNotUseUpTheAddress() {
    for (int i = 0; i < 30; i++) {
      fail("user" + i + "@example.org", HOME);
    }
    for (int i = 0; i < 20; i++) {
      refused(EMAIL, HOME);
    }
    assertThatCode(() -> throttle.check(EMAIL, "198.51.100.1")).doesNotThrowAnyException();
  }

  @Test
  void signInsThatSucceedCostAPlaceNothing() {
    for (int i = 0; i < 1_000; i++) {
      throttle.check(EMAIL, HOME);
      throttle.succeeded(EMAIL);
    }
  }

  @Test
  void manyAtOnceAreNotMoreGuesses() throws Exception {
    AtomicInteger guesses = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    for (int i = 0; i < 400; i++) {
      String from = "198.51.100." + i;
      threads.execute(
          () -> {
            try {
              throttle.check(EMAIL, from);
              guesses.incrementAndGet();
              throttle.failed(EMAIL, from);
            } catch (Problem e) {
              // One too many.
            }
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(guesses).hasValue(10);
  }

  @Test
  void aClockThatIsSetBackLetsNobodyIn() {
    for (int i = 0; i < 10; i++) {
      fail(EMAIL, HOME);
    }
    time.pass(Duration.ofHours(-1));
    refused(EMAIL, HOME);
  }

  private void fail(String email, String address) {
    throttle.check(email, address);
    throttle.failed(email, address);
  }

  private Problem refused(String email, String address) {
    Problem problem = catchThrowableOfType(Problem.class, () -> throttle.check(email, address));
    assertThat(problem).as("refused").isNotNull();
    return problem;
  }

  private static final class Time extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T12:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
