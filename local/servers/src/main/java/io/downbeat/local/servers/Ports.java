package io.downbeat.local.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Ports for servers that need some port. Thread-safe. */
public final class Ports {
  /**
   * Below the ranges from which Linux, macOS and Windows take the ports of outgoing connections.
   */
  private static final int FIRST = 20_000;

  private static final int LAST = 32_000;
  private static final Random RANDOM = new Random();

  private Ports() {}

  /**
   * A port of 127.0.0.1 that was free a moment ago; it stays free over a restart, because no
   * outgoing connection takes it.
   */
  public static int free() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = RANDOM.nextInt(FIRST, LAST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("Cannot find a free port between " + FIRST + " and " + LAST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
