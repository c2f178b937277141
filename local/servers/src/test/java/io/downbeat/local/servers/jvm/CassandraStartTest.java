package io.downbeat.local.servers.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraStartTest {
  @TempDir Path commitLog;

  @Test
  void onlySegmentsWithoutHeaderAreRemoved() throws Exception {
    byte[] begun = new byte[1 << 20];
    begun[3] = 7;
    Files.write(commitLog.resolve("CommitLog-7-1.log"), begun);
    Files.write(commitLog.resolve("CommitLog-7-2.log"), new byte[1 << 20]);
    Files.write(commitLog.resolve("CommitLog-7-3.log"), new byte[0]);
    Files.write(commitLog.resolve("CommitLog-7-2_cdc.idx"), new byte[8]);
    CassandraStart.removeUnbegun(commitLog);
    assertThat(commitLog)
        .isDirectoryNotContaining("glob:**CommitLog-7-2.log")
        .isDirectoryNotContaining("glob:**CommitLog-7-3.log")
        .isDirectoryContaining("glob:**CommitLog-7-1.log")
        .isDirectoryContaining("glob:**CommitLog-7-2_cdc.idx");
  }

  @Test
  void aFirstStartHasNoCommitLog() throws Exception {
    CassandraStart.removeUnbegun(commitLog.resolve("absent"));
    assertThat(commitLog).isEmptyDirectory();
  }
}
