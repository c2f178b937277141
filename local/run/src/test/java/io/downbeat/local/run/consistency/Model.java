package io.downbeat.local.run.consistency;

import java.util.Optional;

/**
 * How an object behaves when operations come one at a time.
 *
 * @param <S> what the object is; an immutable value
 * @param <A> what can be done with it, answers included
 */
interface Model<S, A> {
  S initial();

  /** What the object is after the action; empty if it would not have done it, or answered so. */
  Optional<S> done(S state, A action);

  boolean refuses(S state, A action);
}
