package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.consistency.Linearizability.Limits;
import io.downbeat.local.run.consistency.Linearizability.Verdict;
import io.downbeat.local.run.consistency.Operation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Histories of objects that are really atomic, and what of them was lost. */
final class RandomHistoriesTest {
  private static final int CAP = 3;
  private static final int LONG_AFTER = 1_000_000;

  private enum Fate {
    ANSWERED,
    /** Not answered, and done some time after. */
    LATE,
    /** Not answered, and never done. */
    NEVER
  }

  /** What a client does, and how long it takes: until it asks, is done, and hears of it. */
  record Plan<A>(int client, A what, int pause, int way, int wayBack, int late, Fate fate) {}

  /** What really does it: the action with the answer in it, or empty if it is refused. */
  private interface Atomic<A> extends Function<A, Optional<A>> {}

  private static Atomic<Register.Action<Integer>> register() {
    AtomicInteger value = new AtomicInteger();
    return action -> {
      if (action instanceof Register.Action.Write<Integer> write) {
        value.set(write.value());
        return Optional.of(action);
      }
      if (action instanceof Register.Action.CompareAndSet<Integer> change) {
        return value.compareAndSet(change.expected(), change.value())
            ? Optional.of(action)
            : Optional.empty();
      }
      return Optional.of(new Register.Action.Read<>(value.get()));
    };
  }

  private static Atomic<CappedSet.Action<Integer>> devices() {
    Set<Integer> devices = new HashSet<>();
    return action -> {
      if (action instanceof CappedSet.Action.Add<Integer> add) {
        if (!devices.contains(add.element()) && devices.size() == CAP) {
          return Optional.empty();
        }
        devices.add(add.element());
        return Optional.of(action);
      }
      if (action instanceof CappedSet.Action.Remove<Integer> remove) {
        devices.remove(remove.element());
        return Optional.of(action);
      }
      return Optional.of(new CappedSet.Action.Read<>(Set.copyOf(devices)));
    };
  }

  private static Atomic<Claim.Action<Integer>> email() {
    AtomicReference<Optional<Integer>> winner = new AtomicReference<>(Optional.empty());
    return action -> {
      if (action instanceof Claim.Action.Win<Integer> win) {
        winner.compareAndSet(Optional.empty(), Optional.of(win.winner()));
        return Optional.of(action).filter(won -> winner.get().get().equals(win.winner()));
      }
      return Optional.of(new Claim.Action.Read<>(winner.get()));
    };
  }

  @Property
  void whatAnAtomicRegisterAnswersHolds(
      @ForAll("registerPlans") List<Plan<Register.Action<Integer>>> plans) {
    assertThat(check(new Register<>(0), history(plans, register())))
        .isInstanceOf(Verdict.Holds.class);
  }

  @Property
  void whatAnAtomicSetAnswersHolds(
      @ForAll("devicePlans") List<Plan<CappedSet.Action<Integer>>> plans) {
    assertThat(check(new CappedSet<>(CAP), history(plans, devices())))
        .isInstanceOf(Verdict.Holds.class);
  }

  @Property
  void whatAnAtomicClaimAnswersHolds(
      @ForAll("claimPlans") List<Plan<Claim.Action<Integer>>> plans) {
    assertThat(check(new Claim<>(), history(plans, email()))).isInstanceOf(Verdict.Holds.class);
  }

  @Property
  void aWriteThatWasAnsweredAndLostIsFound(
      @ForAll("registerPlans") List<Plan<Register.Action<Integer>>> plans) {
    Atomic<Register.Action<Integer>> register = register();
    var history = history(answered(plans), register);
    assertBrokenBy(
        new Register<>(0),
        history,
        new Register.Action.Write<>(-1),
        register.apply(new Register.Action.Read<>(0)).orElseThrow());
  }

  @Property
  void aDeviceThatWasAddedAndLostIsFound(
      @ForAll("devicePlans") List<Plan<CappedSet.Action<Integer>>> plans) {
    Atomic<CappedSet.Action<Integer>> devices = devices();
    var history = history(answered(plans), devices);
    assertBrokenBy(
        new CappedSet<>(CAP),
        history,
        new CappedSet.Action.Add<>(-1),
        devices.apply(new CappedSet.Action.Read<>(Set.of())).orElseThrow());
  }

  @Property
  void aClaimThatWasWonAndLostIsFound(
      @ForAll("claimPlans") List<Plan<Claim.Action<Integer>>> plans) {
    Atomic<Claim.Action<Integer>> email = email();
    var history = history(answered(plans), email);
    assertBrokenBy(
        new Claim<>(),
        history,
        new Claim.Action.Win<>(-1),
        email.apply(new Claim.Action.Read<>(Optional.empty())).orElseThrow());
  }

  @Property(tries = 5_000)
  void theVerdictIsThatOfTryingAllOrders(
      @ForAll("smallHistories") List<Operation<Register.Action<Integer>>> history) {
    Register<Integer> register = new Register<>(0);
    assertThat(check(register, history) instanceof Verdict.Holds)
        .isEqualTo(someOrderHolds(register, history, register.initial()));
  }

  private static <S, A> boolean someOrderHolds(
      Model<S, A> model, List<Operation<A>> left, S state) {
    if (left.stream().noneMatch(Operation::isKnown)) {
      return true;
    }
    for (Operation<A> next : left) {
      if (left.stream().anyMatch(other -> other.doneBy() < next.invokedAt())) {
        continue;
      }
      List<Operation<A>> others = left.stream().filter(other -> other != next).toList();
      boolean undone =
          switch (next.outcome()) {
            case OK -> false;
            case REFUSED -> model.refuses(state, next.what());
            case FAILED, UNKNOWN -> true;
          };
      Optional<S> done =
          next.outcome() == Outcome.OK || next.outcome() == Outcome.UNKNOWN
              ? model.done(state, next.what())
              : Optional.empty();
      if (undone && someOrderHolds(model, others, state)
          || done.isPresent() && someOrderHolds(model, others, done.get())) {
        return true;
      }
    }
    return false;
  }

  private static <S, A> void assertBrokenBy(
      Model<S, A> model, List<Operation<A>> history, A lost, A read) {
    assertThat(check(model, history)).isInstanceOf(Verdict.Holds.class);
    List<Operation<A>> longer = new ArrayList<>(history);
    longer.add(new Operation<>("x", lost, LONG_AFTER, LONG_AFTER + 1, Outcome.OK));
    longer.add(new Operation<>("y", read, LONG_AFTER + 2, LONG_AFTER + 3, Outcome.OK));
    assertThat(check(model, longer)).isInstanceOf(Verdict.Broken.class);
  }

  private static <S, A> Verdict check(Model<S, A> model, List<Operation<A>> history) {
    return Linearizability.check(model, history, Limits.USUAL);
  }

  private static <A> List<Plan<A>> answered(List<Plan<A>> plans) {
    return plans.stream().filter(plan -> plan.fate() == Fate.ANSWERED).toList();
  }

  /** Each client does what it plans one after another; the object, what reaches it, as it comes. */
  private static <A> List<Operation<A>> history(List<Plan<A>> plans, Atomic<A> object) {
    record Doing<A>(Plan<A> plan, long invokedAt, long doneAt, long completedAt) {}
    TreeMap<Integer, Long> clocks = new TreeMap<>();
    List<Doing<A>> all = new ArrayList<>();
    for (Plan<A> plan : plans) {
      long invokedAt = clocks.getOrDefault(plan.client(), 0L) + plan.pause();
      long doneAt = invokedAt + plan.way();
      long completedAt = doneAt + plan.wayBack();
      clocks.put(plan.client(), completedAt + 1);
      all.add(
          new Doing<>(
              plan,
              invokedAt,
              plan.fate() == Fate.LATE ? doneAt + plan.late() : doneAt,
              completedAt));
    }
    return all.stream()
        .sorted(Comparator.comparingLong(Doing::doneAt))
        .map(
            doing -> {
              Plan<A> plan = doing.plan();
              Optional<A> answer =
                  plan.fate() == Fate.NEVER ? Optional.empty() : object.apply(plan.what());
              Outcome outcome =
                  plan.fate() != Fate.ANSWERED
                      ? Outcome.UNKNOWN
                      : answer.isPresent() ? Outcome.OK : Outcome.REFUSED;
              return new Operation<>(
                  "client " + plan.client(),
                  outcome == Outcome.OK ? answer.orElseThrow() : plan.what(),
                  doing.invokedAt(),
                  doing.completedAt(),
                  outcome);
            })
        .toList();
  }

  @Provide
  Arbitrary<List<Plan<Register.Action<Integer>>>> registerPlans() {
    return plans(registerActions(5));
  }

  @Provide
  Arbitrary<List<Plan<CappedSet.Action<Integer>>>> devicePlans() {
    Arbitrary<Integer> device = Arbitraries.integers().between(1, 5);
    return plans(
        Arbitraries.oneOf(
            device.map(CappedSet.Action.Add::new),
            device.map(CappedSet.Action.Remove::new),
            Arbitraries.just(new CappedSet.Action.Read<Integer>(Set.of()))));
  }

  @Provide
  Arbitrary<List<Plan<Claim.Action<Integer>>>> claimPlans() {
    return plans(
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 4).map(Claim.Action.Win::new),
            Arbitraries.just(new Claim.Action.Read<>(Optional.empty()))));
  }

  @Provide
  Arbitrary<List<Operation<Register.Action<Integer>>>> smallHistories() {
    Arbitrary<Integer> times = Arbitraries.integers().between(0, 9);
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"),
            registerActions(2),
            times,
            times,
            Arbitraries.of(Outcome.class))
        .as(
            (who, what, one, other, outcome) ->
                new Operation<>(who, what, Math.min(one, other), Math.max(one, other), outcome))
        .list()
        .ofMaxSize(6);
  }

  private static Arbitrary<Register.Action<Integer>> registerActions(int values) {
    Arbitrary<Integer> value = Arbitraries.integers().between(0, values);
    return Arbitraries.oneOf(
        value.map(Register.Action.Read::new),
        value.map(Register.Action.Write::new),
        Combinators.combine(value, value).as(Register.Action.CompareAndSet::new));
  }

  private static <A> Arbitrary<List<Plan<A>>> plans(Arbitrary<A> actions) {
    Arbitrary<Integer> millis = Arbitraries.integers().between(0, 20);
    return Combinators.combine(
            Arbitraries.integers().between(1, 4),
            actions,
            millis,
            millis,
            millis,
            Arbitraries.integers().between(0, 200),
            Arbitraries.frequency(
                Tuple.of(8, Fate.ANSWERED), Tuple.of(1, Fate.LATE), Tuple.of(1, Fate.NEVER)))
        .as(Plan::new)
        .list()
        .ofMaxSize(60);
  }
}
