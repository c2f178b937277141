package io.downbeat.local.run.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SupervisorTest {
  private static final Backoff QUICK =
      new Backoff(Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofMinutes(1));

  private final List<String> story = Collections.synchronizedList(new ArrayList<>());

  /** A process whose life the test decides. */
  private class FakeChild implements Child {
    private final String name;
    private final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private volatile int failures;
    private volatile boolean blocked;

    FakeChild(String name) {
      this.name = name;
    }

    @Override
    public void start() {
      story.add("start " + name);
    }

    @Override
    public void awaitReady() {
      if (blocked) {
        throw new Blocked("needs a hand: mend " + name);
      }
      if (failures > 0) {
        failures--;
        throw new IllegalStateException(name + " ended with exit code 1 before it was ready");
      }
    }

    @Override
    public String awaitEnd() throws InterruptedException {
      return ends.take();
    }

    @Override
    public OptionalLong pid() {
      return OptionalLong.empty();
    }

    @Override
    public void stop() {
      story.add("stop " + name);
    }
  }

  private Supervisor supervisor(Supervisor.Listener listener, Part... parts) {
    return new Supervisor(List.of(parts), QUICK, Clock.systemUTC(), listener);
  }

  @Test
  void startsInTheOrderOfNeedsAndStopsInTheReverse() throws Exception {
    try (Supervisor supervisor =
        supervisor(
            (before, after) -> {},
            new Part("kafka", Set.of(), new FakeChild("kafka")),
            new Part("topics", Set.of("kafka"), new FakeChild("topics")),
            new Part("ingest", Set.of("topics"), new FakeChild("ingest")))) {
      supervisor.start();
      supervisor.awaitReady();
    }
    assertThat(story)
        .containsExactly(
            "start kafka",
            "start topics",
            "start ingest",
            "stop ingest",
            "stop topics",
            "stop kafka");
  }

  @Test
  void whatEndsByItselfIsStartedAgain() throws Exception {
    FakeChild child = new FakeChild("kafka");
    CountDownLatch readyTwice = new CountDownLatch(2);
    List<String> notes = Collections.synchronizedList(new ArrayList<>());
    try (Supervisor supervisor =
        supervisor(
            (before, after) -> {
              if (after.phase() == Phase.READY) {
                readyTwice.countDown();
              }
              if (after.phase() == Phase.BACKING_OFF) {
                notes.add(after.note());
              }
            },
            new Part("kafka", Set.of(), child))) {
      supervisor.start();
      supervisor.awaitReady();
      child.ends.add("was killed (SIGKILL)");
      assertThat(readyTwice.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(supervisor.states().get(0).restarts()).isEqualTo(1);
    }
    assertThat(notes).containsExactly("was killed (SIGKILL)");
    assertThat(story).containsExactly("start kafka", "start kafka", "stop kafka");
  }

  @Test
  void aPartThatFailsThreeStartsInARowEndsTheAttempt() {
    FakeChild child = new FakeChild("kafka");
    child.failures = 100;
    try (Supervisor supervisor =
        supervisor((before, after) -> {}, new Part("kafka", Set.of(), child))) {
      supervisor.start();
      assertThatThrownBy(supervisor::awaitReady)
          .isInstanceOf(StartFailed.class)
          .hasMessage("kafka ended with exit code 1 before it was ready");
    }
    assertThat(story).endsWith("stop kafka");
  }

  @RepeatedTest(20) // Its parts start at once, in any order.
  void aBlockedPartEndsNothingAndIsReadyOnceSomebodyHelped() throws Exception {
    FakeChild job = new FakeChild("job");
    job.blocked = true;
    FakeChild kafka = new FakeChild("kafka");
    kafka.failures = 2;
    CountDownLatch tries = new CountDownLatch(10);
    CountDownLatch ready = new CountDownLatch(1);
    try (Supervisor supervisor =
        supervisor(
            (before, after) -> {
              if (after.phase() == Phase.BLOCKED) {
                tries.countDown();
              }
              if (after.name().equals("job") && after.phase() == Phase.READY) {
                ready.countDown();
              }
            },
            new Part("job", Set.of(), job),
            new Part("after job", Set.of("job"), new FakeChild("after job")),
            new Part("kafka", Set.of(), kafka))) {
      supervisor.start();
      supervisor.awaitReady();
      assertThat(supervisor.states().get(0).note()).isEqualTo("needs a hand: mend job");
      assertThat(supervisor.states().get(1).phase()).isEqualTo(Phase.WAITING);
      assertThat(supervisor.states().get(2).phase()).isEqualTo(Phase.READY);
      assertThat(tries.await(10, TimeUnit.SECONDS)).as("is tried again").isTrue();

      job.blocked = false;
      assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
      supervisor.awaitReady();
    }
    assertThat(story).contains("start after job");
  }

  @Test
  void twoFailedStartsAreMended() throws Exception {
    FakeChild child = new FakeChild("kafka");
    child.failures = 2;
    try (Supervisor supervisor =
        supervisor((before, after) -> {}, new Part("kafka", Set.of(), child))) {
      supervisor.start();
      supervisor.awaitReady();
      assertThat(supervisor.states().get(0).restarts()).isEqualTo(2);
    }
  }

  @Test
  void whatEndsWhileEverythingIsStoppedStaysStopped() throws Exception {
    FakeChild kafka = new FakeChild("kafka");
    FakeChild ingest =
        new FakeChild("ingest") {
          @Override
          public void stop() {
            kafka.ends.add("ended with exit code 143");
            super.stop();
          }
        };
    Supervisor supervisor =
        supervisor(
            (before, after) -> {},
            new Part("kafka", Set.of(), kafka),
            new Part("ingest", Set.of("kafka"), ingest));
    supervisor.start();
    supervisor.awaitReady();
    supervisor.close();
    assertThat(story).containsExactly("start kafka", "start ingest", "stop ingest", "stop kafka");
    assertThat(supervisor.states()).extracting(PartState::phase).containsOnly(Phase.STOPPED);
  }

  @Test
  void aNeedThatComesLaterIsRefused() {
    assertThatThrownBy(
            () ->
                supervisor(
                    (before, after) -> {},
                    new Part("ingest", Set.of("kafka"), new FakeChild("ingest")),
                    new Part("kafka", Set.of(), new FakeChild("kafka"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ingest")
        .hasMessageContaining("kafka");
  }
}
