package io.downbeat.local.run.platform;

import java.util.List;
import java.util.Optional;

/** A job's failure to go on from its state, told from every other by Flink's stack trace. */
final class UnreadableState {
  static final String MESSAGE =
      "cannot read its state, of other code or damaged: ./downbeat rebuild makes it anew from the lake";

  /** What Flink says where the state does not fit the job, or not its own serializers. */
  private static final List<String> SIGNS =
      List.of(
          "Cannot map checkpoint/savepoint state for operator",
          "org.apache.flink.util.StateMigrationException",
          "Could not restore keyed state backend",
          "Could not restore operator state backend");

  /** What passes, or is mended elsewhere, though it comes in the middle of a restore. */
  private static final List<String> OTHER_CAUSES =
      List.of(
          "No space left on device",
          "OutOfMemoryError",
          "CancelTaskException",
          "InterruptedException",
          "ClosedByInterruptException");

  private static final String CAUSE = "Caused by: ";

  private UnreadableState() {}

  /**
   * What is wrong and what to do, in one line, and why in the next.
   *
   * @param trace a stack trace, or a log that may hold one
   */
  static Optional<String> explain(String trace) {
    Optional<String> sign =
        trace.lines().filter(line -> SIGNS.stream().anyMatch(line::contains)).findFirst();
    if (sign.isEmpty()) {
      return Optional.empty();
    }
    String cause =
        trace
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith(CAUSE))
            .reduce((earlier, last) -> last)
            .map(line -> line.substring(CAUSE.length()))
            .orElse(sign.get());
    if (OTHER_CAUSES.stream().anyMatch(cause::contains)) {
      return Optional.empty();
    }
    return Optional.of(MESSAGE + System.lineSeparator() + cause);
  }
}
