package io.downbeat.local.run.consistency;

import io.downbeat.local.run.consistency.Linearizability.Limits;
import io.downbeat.local.run.consistency.Linearizability.Verdict;
import io.downbeat.local.run.consistency.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What was done with each of many objects of one kind. Thread-safe.
 *
 * @param <K> which object
 */
final class Histories<K, S, A> {
  private final Function<K, Model<S, A>> models;
  private final Map<K, Queue<Operation<A>>> all = new ConcurrentHashMap<>();

  Histories(Function<K, Model<S, A>> models) {
    this.models = models;
  }

  void add(K object, Operation<A> operation) {
    all.computeIfAbsent(object, absent -> new ConcurrentLinkedQueue<>()).add(operation);
  }

  /** One of which the outcome of each operation is known, as far as there is one. */
  Stream<K> known() {
    return all.entrySet().stream()
        .filter(each -> each.getValue().stream().allMatch(Operation::isKnown))
        .map(Map.Entry::getKey);
  }

  List<Operation<A>> of(K object) {
    return List.copyOf(all.getOrDefault(object, new ConcurrentLinkedQueue<>()));
  }

  long count() {
    return all.values().stream().mapToLong(Queue::size).sum();
  }

  long count(Outcome outcome) {
    return all.values().stream()
        .flatMap(Queue::stream)
        .filter(operation -> operation.outcome() == outcome)
        .count();
  }

  /** The same and one more operation, that did not happen. */
  Histories<K, S, A> with(K object, Operation<A> planted) {
    Histories<K, S, A> copy = new Histories<>(models);
    all.forEach((key, operations) -> operations.forEach(each -> copy.add(key, each)));
    copy.add(object, planted);
    return copy;
  }

  /** What cannot have happened, or takes too long to tell: one text for each such object. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    all.forEach(
        (object, operations) -> {
          Verdict verdict =
              Linearizability.check(models.apply(object), List.copyOf(operations), Limits.USUAL);
          if (!(verdict instanceof Verdict.Holds<?>)) {
            violations.add(object + ": " + verdict);
          }
        });
    return violations;
  }
}
