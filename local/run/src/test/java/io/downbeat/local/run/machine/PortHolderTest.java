package io.downbeat.local.run.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortHolderTest {
  @Test
  void namesTheProcessThatListens() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PortHolder holder = PortHolder.find(socket.getLocalPort()).orElseThrow();
      assertThat(holder.pid()).hasValue(ProcessHandle.current().pid());
      assertThat(holder.command()).contains("java");
      assertThat(holder.toString()).startsWith("process " + ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void seesAWildcardListenerToo() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      assertThat(PortHolder.find(socket.getLocalPort())).isPresent();
    }
  }

  @Test
  void aFreePortHasNoHolder() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(PortHolder.find(port)).isEmpty();
  }
}
