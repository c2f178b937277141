package io.downbeat.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FootprintTest {

  @Test
  void theHeapInUseIsReadForEveryCollector() throws Exception {
    assertThat(
            Footprint.heapUsed(
                """
                4711:
                 def new generation   total 78656K, used 1400K [0x1, 0x2, 0x3)
                  eden space 69952K,   2% used [0x1, 0x2, 0x3)
                 tenured generation   total 174784K, used 2000K [0x1, 0x2, 0x3)
                   the space 174784K,   1% used [0x1, 0x2, 0x3, 0x4)
                 Metaspace       used 9000K, committed 9500K, reserved 1114112K
                  class space    used 700K, committed 900K, reserved 1048576K
                """))
        .isEqualTo(3_400L << 10);
    assertThat(
            Footprint.heapUsed(
                """
                4711:
                 garbage-first heap   total 2097152K, used 500K [0x1, 0x2)
                  region size 1024K, 5 young (5120K), 0 survivors (0K)
                 Metaspace       used 9000K, committed 9500K, reserved 1114112K
                """))
        .isEqualTo(500L << 10);
  }

  @Test
  void thisProcessHasAHeap() throws Exception {
    assertThat(Footprint.heapBytes(ProcessHandle.current().pid())).isBetween(1L << 20, 4L << 30);
  }
}
