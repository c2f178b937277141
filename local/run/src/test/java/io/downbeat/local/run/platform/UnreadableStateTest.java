package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Told from the stack traces of Flink 2.2, frames left out. */
class UnreadableStateTest {
  private static final String RESTORE =
      """
      java.lang.Exception: Exception while creating StreamOperatorStateContext.
      \tat org.apache.flink.streaming.api.operators.StreamTaskStateInitializerImpl.streamOperatorStateContext(StreamTaskStateInitializerImpl.java:302)
      Caused by: org.apache.flink.util.FlinkException: Could not restore keyed state backend for KeyedProcessOperator_1_(1/2) from any of the 1 provided restore options.
      \t... 12 more
      Caused by: %s
      \t... 14 more
      """;

  @Test
  void anotherTypeOfStateIsTold() {
    String trace =
        """
        org.apache.flink.util.FlinkRuntimeException: Error while getting state
        \tat org.apache.flink.runtime.state.DefaultKeyedStateStore.getState(DefaultKeyedStateStore.java:92)
        Caused by: org.apache.flink.util.StateMigrationException: For heap backends, the new state serializer (A) must not be incompatible with the old state serializer (B).
        \t... 15 more
        """;
    assertThat(UnreadableState.explain(trace))
        .hasValueSatisfying(
            told ->
                assertThat(told.lines())
                    .containsExactly(
                        UnreadableState.MESSAGE,
                        "org.apache.flink.util.StateMigrationException: For heap backends, the new state serializer (A) must not be incompatible with the old state serializer (B)."));
  }

  @Test
  void stateOfAStepThatIsNoMoreIsTold() {
    assertThat(
            UnreadableState.explain(
                "Caused by: java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint file:/state/chk-7."
                    + " Cannot map checkpoint/savepoint state for operator 1a2b to the new program,"
                    + " because the operator is not available in the new program."))
        .isPresent();
  }

  @Test
  void bytesThatAreOtherwiseLaidOutAreTold() {
    assertThat(UnreadableState.explain(RESTORE.formatted("java.io.EOFException")))
        .hasValueSatisfying(told -> assertThat(told).endsWith("java.io.EOFException"));
  }

  @Test
  void aRestoreThatIsCutOffOrFindsNoSpaceIsNoFaultOfTheState() {
    for (String cause :
        new String[] {
          "java.io.IOException: No space left on device",
          "java.nio.channels.ClosedByInterruptException",
          "java.lang.OutOfMemoryError: Java heap space"
        }) {
      assertThat(UnreadableState.explain(RESTORE.formatted(cause))).as(cause).isEmpty();
    }
  }

  @Test
  void aServerThatIsAwayIsNoFaultOfTheState() {
    assertThat(
            UnreadableState.explain(
                "java.lang.RuntimeException: Cannot open\n"
                    + "Caused by: com.datastax.oss.driver.api.core.AllNodesFailedException: Could not reach any contact point"))
        .isEmpty();
  }

  @Test
  void whatIsWrongAndWhatToDoFitALineOfStatus() {
    assertThat(UnreadableState.MESSAGE)
        .hasSizeLessThanOrEqualTo(100)
        .contains("./downbeat rebuild");
  }
}
