package io.downbeat.local.run.consistency;

import io.downbeat.local.run.consistency.Operation.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether what was done with one object can have happened one operation at a time, each at a moment
 * between its invocation and its completion.
 *
 * <p>It is the search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993): take any
 * operation that no other one had to precede and that the model allows, go on, and come back where
 * that leads nowhere. As in Lowe (Testing for Linearizability, 2017), what was once reached, the
 * operations taken with what the object was then, is not tried again. An operation of unknown
 * outcome may be taken at any time since its invocation, and need not be.
 *
 * <p>The search takes exponential time at worst, so it is bounded. An instance is one search.
 */
final class Linearizability<S, A> {

  /**
   * @param configurations most that are remembered, some 200 bytes and one bit per operation each
   */
  record Limits(int configurations, Duration time) {
    static final Limits USUAL = new Limits(500_000, Duration.ofSeconds(20));
  }

  sealed interface Verdict {
    /**
     * @param order in which all can have happened; what never did, is left out
     */
    record Holds<A>(List<Operation<A>> order) implements Verdict {}

    /**
     * @param order of the most operations that can have happened one after another
     * @param state of the object then
     * @param stuck of which one had to be next, and none can
     */
    record Broken<S, A>(List<Operation<A>> order, S state, List<Operation<A>> stuck)
        implements Verdict {
      private static final int SHOWN = 20;

      @Override
      public String toString() {
        return "Not linearizable. At most %d operations explain each other:\n%sThen it is %s, and none of these can be next:\n%s"
            .formatted(
                order.size(),
                lines(order.subList(Math.max(0, order.size() - SHOWN), order.size())),
                state,
                lines(stuck));
      }

      private static String lines(List<? extends Operation<?>> operations) {
        return operations.stream()
            .map(operation -> "  " + operation + "\n")
            .collect(Collectors.joining());
      }
    }

    /** The limits were too narrow. */
    record Undecided(int configurations) implements Verdict {}
  }

  private record Configuration<S>(BitSet taken, S state) {}

  private record Step<S>(int operation, S before) {}

  private final Model<S, A> model;
  private final Limits limits;
  private final List<Operation<A>> operations;
  private final Set<Configuration<S>> seen = new HashSet<>();
  private final BitSet taken = new BitSet();
  private final Deque<Step<S>> steps = new ArrayDeque<>();
  private S state;
  private int missing;
  private int fewestMissing;
  private Verdict.Broken<S, A> longest;

  private Linearizability(Model<S, A> model, List<Operation<A>> history, Limits limits) {
    this.model = model;
    this.limits = limits;
    operations =
        history.stream()
            .filter(operation -> operation.outcome() != Outcome.FAILED)
            .sorted(Comparator.comparingLong(Operation::invokedAt))
            .toList();
    state = model.initial();
    missing = (int) operations.stream().filter(Operation::isKnown).count();
    fewestMissing = missing;
    longest = reached();
  }

  /**
   * @param history in any order
   */
  static <S, A> Verdict check(Model<S, A> model, List<Operation<A>> history, Limits limits) {
    return new Linearizability<>(model, history, limits).search();
  }

  private Verdict search() {
    long deadline = System.nanoTime() + limits.time().toNanos();
    int from = 0;
    while (missing > 0) {
      if (seen.size() >= limits.configurations() || System.nanoTime() > deadline) {
        return new Verdict.Undecided(seen.size());
      }
      int next = possible(from);
      if (next >= 0) {
        from = take(next) ? 0 : next + 1;
      } else if (steps.isEmpty()) {
        return longest;
      } else {
        from = takeBack() + 1;
      }
    }
    return new Verdict.Holds<>(order());
  }

  /** The first operation from there on that can come before all others that are left; or -1. */
  private int possible(int from) {
    long latest = Long.MAX_VALUE;
    for (int i = taken.nextClearBit(0);
        i < operations.size() && operations.get(i).invokedAt() <= latest;
        i = taken.nextClearBit(i + 1)) {
      if (i >= from) {
        return i;
      }
      latest = Math.min(latest, operations.get(i).doneBy());
    }
    return -1;
  }

  /** Whether the model allows it, and where it leads is new. */
  private boolean take(int next) {
    Operation<A> operation = operations.get(next);
    Optional<S> after = after(operation);
    if (after.isEmpty()) {
      return false;
    }
    taken.set(next);
    if (!seen.add(new Configuration<>((BitSet) taken.clone(), after.get()))) {
      taken.clear(next);
      return false;
    }
    steps.addLast(new Step<>(next, state));
    state = after.get();
    if (operation.isKnown() && --missing < fewestMissing) {
      fewestMissing = missing;
      longest = reached();
    }
    return true;
  }

  private Optional<S> after(Operation<A> operation) {
    if (operation.outcome() == Outcome.REFUSED) {
      return Optional.of(state).filter(now -> model.refuses(now, operation.what()));
    }
    return model
        .done(state, operation.what())
        .filter(after -> operation.isKnown() || !after.equals(state));
  }

  private int takeBack() {
    Step<S> last = steps.removeLast();
    taken.clear(last.operation());
    state = last.before();
    missing += operations.get(last.operation()).isKnown() ? 1 : 0;
    return last.operation();
  }

  private Verdict.Broken<S, A> reached() {
    List<Operation<A>> stuck = new ArrayList<>();
    for (int i = possible(0); i >= 0; i = possible(i + 1)) {
      stuck.add(operations.get(i));
    }
    return new Verdict.Broken<>(order(), state, stuck);
  }

  private List<Operation<A>> order() {
    return steps.stream().map(step -> operations.get(step.operation())).toList();
  }
}
