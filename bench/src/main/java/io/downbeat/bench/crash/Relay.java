package io.downbeat.bench.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A TCP relay on loopback whose connections can be broken off in the middle of what they carry,
 * with a reset, each at a byte of its own, on the way there or on the way back. Thread-safe.
 */
final class Relay implements AutoCloseable {
  private static final int BUFFER_BYTES = 8 << 10;
  private static final int LONGEST_CUT_BYTES = 8_000;

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cutting;

  /**
   * @param target port on loopback
   */
  Relay(int target) throws IOException {
    this.target = target;
    listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    start("relay", this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Whether connections break off from now on: those that there are at once. */
  void cut(boolean cut) {
    cutting = cut;
    if (cut) {
      open.forEach(Relay::reset);
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        try {
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          open.add(client);
          open.add(server);
          start("relay-there", () -> pass(client, server));
          start("relay-back", () -> pass(server, client));
        } catch (IOException e) {
          reset(client);
        }
      } catch (IOException e) {
        // Closed, or one connection less: its client tries again.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (cutting) {
          out.write(
              buffer, 0, Math.min(read, ThreadLocalRandom.current().nextInt(LONGEST_CUT_BYTES)));
          out.flush();
          break;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // The other side is gone.
    } finally {
      if (cutting) {
        reset(from);
        reset(to);
      } else {
        close(from);
        close(to);
      }
      open.remove(from);
      open.remove(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more to do with it.
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    open.forEach(Relay::close);
  }
}
