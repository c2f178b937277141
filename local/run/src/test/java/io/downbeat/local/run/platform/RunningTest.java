package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningTest {
  @TempDir Path directory;

  @Test
  void whoTookTheHomeIsSeen() throws IOException {
    Home home = new Home(directory, directory.resolve(".downbeat"));
    assertThat(Running.find(home)).isEmpty();
    FileLock lock = Running.take(home).orElseThrow();
    assertThat(Running.find(home))
        .hasValueSatisfying(
            running ->
                assertThat(running.process().pid()).isEqualTo(ProcessHandle.current().pid()));
    Running.clear(home);
    lock.release();
    assertThat(Running.find(home)).isEmpty();
  }

  @Test
  void anotherProcessWithTheSamePidIsNotTaken() throws IOException {
    Home home = new Home(directory, directory.resolve(".downbeat"));
    Files.createDirectories(home.run());
    Files.writeString(
        home.run().resolve("supervisor.pid"), ProcessHandle.current().pid() + " 1000\n");
    assertThat(Running.find(home)).isEmpty();
  }

  @Test
  void aBrokenFileIsNobody() throws IOException {
    Home home = new Home(directory, directory.resolve(".downbeat"));
    Files.createDirectories(home.run());
    Files.writeString(home.run().resolve("supervisor.pid"), "");
    assertThat(Running.find(home)).isEmpty();
  }
}
