package io.downbeat.local.run.consistency;

/**
 * What somebody did with one object, such as an account or an e-mail address, and what came of it.
 *
 * @param what with the answer in it, if it is one that answers something
 * @param invokedAt nanoseconds of the clock that all operations of a history share
 * @param completedAt when the answer came, or was no longer waited for
 */
record Operation<A>(String who, A what, long invokedAt, long completedAt, Outcome outcome) {
  enum Outcome {
    /** Done, as answered. */
    OK,
    /** Not done, because the object is what it is: a cap is reached, another was first. */
    REFUSED,
    /** Not done, for a reason that says nothing about the object. */
    FAILED,
    /** Done at any time since it was invoked, or still to come, or never. */
    UNKNOWN
  }

  Operation {
    if (completedAt < invokedAt) {
      throw new IllegalArgumentException(
          "%s of %s completes at %d, before it is invoked at %d"
              .formatted(what, who, completedAt, invokedAt));
    }
  }

  /** Up to when it must have been done, if it was. */
  long doneBy() {
    return isKnown() ? completedAt : Long.MAX_VALUE;
  }

  boolean isKnown() {
    return outcome != Outcome.UNKNOWN;
  }

  @Override
  public String toString() {
    return "%-7s %s: %s  [%d, %s]"
        .formatted(outcome, who, what, invokedAt, isKnown() ? String.valueOf(completedAt) : "…");
  }
}
