package io.downbeat.bench.crash;

import java.util.Optional;

/**
 * What came of one fault.
 *
 * @param recovery empty where the next fault came before it
 * @param notAcked answers to uploads other than an acknowledgement, and broken connections, while
 *     it lasted and until the recovery
 */
record Outcome(Fault fault, Optional<Recovery> recovery, long notAcked) {

  /**
   * From the end of a fault, which for a kill is its beginning.
   *
   * @param ackedNanos until a play sent after it was acknowledged
   * @param visibleNanos until that play was counted where clients read
   */
  record Recovery(long ackedNanos, long visibleNanos) {}

  String describe() {
    return "%s: %s; %d attempts not acknowledged"
        .formatted(
            fault.label(),
            recovery
                .map(
                    it ->
                        "acknowledged again after %.1f s, counted again after %.1f s"
                            .formatted(it.ackedNanos() / 1e9, it.visibleNanos() / 1e9))
                .orElse("not waited for"),
            notAcked);
  }
}
