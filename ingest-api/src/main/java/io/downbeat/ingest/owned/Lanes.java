package io.downbeat.ingest.owned;

import io.downbeat.ingest.http.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What is done to one partition, one after another, in the order of asking; at most {@value #MOST}
 * at a time wait for their turn. Thread-safe.
 */
final class Lanes {
  private static final int MOST = 64;

  private record Lane(CompletableFuture<?> last, int waiting) {}

  private final Map<Partition, Lane> lanes = new HashMap<>();

  /** Fails with {@link Problem} 429 if too many wait. */
  <T> CompletableFuture<T> run(
      Partition partition, Function<Partition, CompletableFuture<T>> work) {
    CompletableFuture<T> result;
    CompletableFuture<Void> turn = new CompletableFuture<>();
    synchronized (lanes) {
      Lane lane = lanes.get(partition);
      if (lane != null && lane.waiting() >= MOST) {
        return CompletableFuture.failedFuture(
            Problem.tooMuch("Too many changes of the same wait; nothing was changed"));
      }
      result = turn.thenCompose(go -> work.apply(partition));
      lanes.put(partition, new Lane(result, lane == null ? 1 : lane.waiting() + 1));
      result.whenComplete((done, failure) -> leave(partition));
      if (lane != null) {
        lane.last().whenComplete((done, failure) -> turn.complete(null));
        return result;
      }
    }
    turn.complete(null);
    return result;
  }

  private void leave(Partition partition) {
    synchronized (lanes) {
      lanes.computeIfPresent(
          partition,
          (key, lane) -> lane.waiting() == 1 ? null : new Lane(lane.last(), lane.waiting() - 1));
    }
  }
}
