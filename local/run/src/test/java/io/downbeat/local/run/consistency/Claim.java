package io.downbeat.local.run.consistency;

import java.util.Optional;

/** What is won once, by whoever comes first, such as an e-mail address. */
record Claim<W>() implements Model<Optional<W>, Claim.Action<W>> {
  sealed interface Action<W> {
    /** It may be repeated by who has won. */
    record Win<W>(W winner) implements Action<W> {}

    record Read<W>(Optional<W> winner) implements Action<W> {}
  }

  @Override
  public Optional<W> initial() {
    return Optional.empty();
  }

  @Override
  public Optional<Optional<W>> done(Optional<W> state, Action<W> action) {
    if (action instanceof Action.Win<W> win) {
      return Optional.of(Optional.of(win.winner()))
          .filter(after -> state.isEmpty() || state.equals(after));
    }
    return Optional.of(state).filter(((Action.Read<W>) action).winner()::equals);
  }

  @Override
  public boolean refuses(Optional<W> state, Action<W> action) {
    return action instanceof Action.Win<W> && done(state, action).isEmpty();
  }
}
