package io.downbeat.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the parts that this process works with are there, each looked at again and again, at most
 * once at a time. Thread-safe.
 */
final class Readiness implements AutoCloseable {

  /** A look at a part: its obstacle, empty if it is ready. A failed stage is an obstacle too. */
  interface Look {
    CompletionStage<Optional<String>> at();
  }

  record Part(boolean ready, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String detail) {}

  record State(boolean ready, Map<String, Part> parts) {}

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Map<String, Look> looks;
  private final Duration pause;
  private final Duration patience;
  private final Map<String, Part> parts = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "readiness");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param looks by name of the part, in the order of the answer
   * @param pause between two looks at a part
   * @param patience after which a part that does not answer is not ready
   */
  Readiness(Map<String, Look> looks, Duration pause, Duration patience) {
    this.looks = Collections.unmodifiableMap(new LinkedHashMap<>(looks));
    this.pause = pause;
    this.patience = patience;
    looks.keySet().forEach(name -> parts.put(name, new Part(false, "not looked at yet")));
  }

  void start() {
    looks.forEach((name, look) -> executor.execute(() -> look(name, look)));
  }

  State state() {
    Map<String, Part> all = new LinkedHashMap<>();
    looks.keySet().forEach(name -> all.put(name, parts.getOrDefault(name, new Part(false, null))));
    return new State(all.values().stream().allMatch(Part::ready), all);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private void look(String name, Look look) {
    look.at()
        .toCompletableFuture()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .handle(Readiness::part)
        .thenAccept(
            part -> {
              note(name, part);
              lookAgain(name, look);
            });
  }

  private void lookAgain(String name, Look look) {
    if (!executor.isShutdown()) {
      executor.schedule(() -> look(name, look), pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void note(String name, Part now) {
    Part before = parts.put(name, now);
    if (before == null || before.ready() != now.ready()) {
      if (now.ready()) {
        LOG.info("{} is ready", name);
      } else {
        LOG.warn("{} is not ready: {}", name, now.detail());
      }
    }
  }

  private static Part part(@Nullable Optional<String> obstacle, @Nullable Throwable failure) {
    if (obstacle != null) {
      return new Part(obstacle.isEmpty(), obstacle.orElse(null));
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = cause == null ? null : cause.getMessage();
    return new Part(false, message == null ? "does not answer" : message);
  }
}
