package io.downbeat.local.run.consistency;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A set of no more than {@code cap} elements, such as the devices of an account. To add what is
 * there, or to remove what is not, changes nothing.
 */
record CappedSet<E>(int cap) implements Model<Set<E>, CappedSet.Action<E>> {
  sealed interface Action<E> {
    record Add<E>(E element) implements Action<E> {}

    record Remove<E>(E element) implements Action<E> {}

    record Read<E>(Set<E> elements) implements Action<E> {}
  }

  @Override
  public Set<E> initial() {
    return Set.of();
  }

  @Override
  public Optional<Set<E>> done(Set<E> state, Action<E> action) {
    Set<E> after = new HashSet<>(state);
    if (action instanceof Action.Add<E> add) {
      after.add(add.element());
      return Optional.of(Set.copyOf(after)).filter(elements -> elements.size() <= cap);
    }
    if (action instanceof Action.Remove<E> remove) {
      after.remove(remove.element());
      return Optional.of(Set.copyOf(after));
    }
    return Optional.of(state).filter(((Action.Read<E>) action).elements()::equals);
  }

  @Override
  public boolean refuses(Set<E> state, Action<E> action) {
    return action instanceof Action.Add<E> && done(state, action).isEmpty();
  }
}
