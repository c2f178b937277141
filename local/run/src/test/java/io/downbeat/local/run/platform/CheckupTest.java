package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.platform.Checkup.Finding;
import io.downbeat.local.run.platform.Checkup.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckupTest {
  @TempDir Path directory;

  private static Finding finding(List<Finding> findings, String what) {
    return findings.stream().filter(each -> each.what().equals(what)).findFirst().orElseThrow();
  }

  @Test
  void aKeyThatOthersMayReadIsWrongAndSaysHowToMendIt() throws Exception {
    Home home = new Home(directory, directory.resolve(".downbeat"));
    Files.createDirectories(home.data());
    Files.writeString(home.serviceKey(), "0123456789abcdef");
    Files.setPosixFilePermissions(home.serviceKey(), PosixFilePermissions.fromString("rw-r--r--"));

    Finding key = finding(Checkup.of(home, RunConfig.load(home.settings())), "service key");

    assertThat(key.level()).isEqualTo(Level.WRONG);
    assertThat(key.mend()).isEqualTo("chmod 600 " + home.serviceKey());
  }

  @Test
  void aTakenPortIsNamedWithItsHolder() throws Exception {
    Home home = new Home(directory, directory.resolve("nothing/yet"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.createDirectories(home.settings().getParent());
      Files.writeString(home.settings(), "downbeat.ports.kafka = " + taken.getLocalPort() + "\n");

      List<Finding> findings = Checkup.of(home, RunConfig.load(home.settings()));

      Finding port = finding(findings, "port " + taken.getLocalPort());
      assertThat(port.level()).isEqualTo(Level.WRONG);
      assertThat(port.detail()).contains("kafka").contains("" + ProcessHandle.current().pid());
      assertThat(finding(findings, "disk").level()).isNotEqualTo(Level.WRONG);
      assertThat(home.data()).as("nothing is changed").doesNotExist();
    }
  }
}
