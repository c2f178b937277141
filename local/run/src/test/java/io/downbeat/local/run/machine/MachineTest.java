package io.downbeat.local.run.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void thisProcessHoldsMemory() {
    assertThat(Machine.resident(ProcessHandle.current().pid()).orElseThrow())
        .isGreaterThan(10L << 20);
  }

  @Test
  void aProcessThatIsGoneHoldsNone() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(Machine.resident(process.pid())).isEmpty();
  }
}
