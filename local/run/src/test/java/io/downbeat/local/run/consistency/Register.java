package io.downbeat.local.run.consistency;

import java.util.Optional;

/** One value, which is replaced, or replaced if it is the one expected. */
record Register<V>(V initial) implements Model<V, Register.Action<V>> {
  sealed interface Action<V> {
    record Read<V>(V value) implements Action<V> {}

    record Write<V>(V value) implements Action<V> {}

    record CompareAndSet<V>(V expected, V value) implements Action<V> {}
  }

  @Override
  public Optional<V> done(V state, Action<V> action) {
    if (action instanceof Action.Write<V> write) {
      return Optional.of(write.value());
    }
    if (action instanceof Action.CompareAndSet<V> change) {
      return Optional.of(change.value()).filter(value -> state.equals(change.expected()));
    }
    return Optional.of(state).filter(((Action.Read<V>) action).value()::equals);
  }

  @Override
  public boolean refuses(V state, Action<V> action) {
    return action instanceof Action.CompareAndSet<V> change && !state.equals(change.expected());
  }
}
