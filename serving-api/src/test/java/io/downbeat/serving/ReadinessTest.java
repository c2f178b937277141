package io.downbeat.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
  private final AtomicReference<CompletableFuture<Optional<String>>> part =
      new AtomicReference<>(CompletableFuture.completedFuture(Optional.empty()));

  @Test
  void nothingIsReadyBeforeItWasLookedAt() {
    try (Readiness readiness = readiness()) {
      assertThat(readiness.state())
          .isEqualTo(
              new Readiness.State(
                  false, Map.of("part", new Readiness.Part(false, "not looked at yet"))));
    }
  }

  @Test
  void aPartComesAndGoes() {
    try (Readiness readiness = readiness()) {
      readiness.start();
      await(readiness, Readiness.State::ready);

      part.set(CompletableFuture.completedFuture(Optional.of("is being loaded")));
      await(readiness, state -> says(state, "is being loaded"));

      part.set(CompletableFuture.failedFuture(new IllegalStateException("gone")));
      await(readiness, state -> says(state, "gone"));

      part.set(CompletableFuture.completedFuture(Optional.empty()));
      await(readiness, Readiness.State::ready);
    }
  }

  @Test
  void aPartThatDoesNotAnswerIsNotReady() {
    part.set(new CompletableFuture<>());
    try (Readiness readiness = readiness()) {
      readiness.start();
      await(readiness, state -> says(state, "does not answer"));
    }
  }

  private Readiness readiness() {
    return new Readiness(
        Map.of("part", () -> part.get().copy()), Duration.ofMillis(1), Duration.ofMillis(20));
  }

  private static boolean says(Readiness.State state, String detail) {
    return new Readiness.Part(false, detail).equals(state.parts().get("part"));
  }

  private static void await(Readiness readiness, Predicate<Readiness.State> expected) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!expected.test(readiness.state())) {
      assertThat(System.nanoTime()).as("%s", readiness.state()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
