package io.downbeat.local.run.consistency;

import io.downbeat.local.run.consistency.Operation.Outcome;
import java.util.List;

/** One line of what a run has found. */
final class Summary {
  private Summary() {}

  static void print(String where, Writers writers, int kills, List<String> violations) {
    System.out.printf(
        "Owned state on %s: %d operations (%d refused, %d failed, %d unknown), %d kills, %d violations%n",
        where,
        writers.count(),
        writers.count(Outcome.REFUSED),
        writers.count(Outcome.FAILED),
        writers.count(Outcome.UNKNOWN),
        kills,
        violations.size());
  }
}
