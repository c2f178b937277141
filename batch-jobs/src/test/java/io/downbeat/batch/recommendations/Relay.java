package io.downbeat.batch.recommendations;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Stands between a client and a server on this machine until the client sends a certain text. From
 * then on nothing more reaches the server.
 */
final class Relay implements AutoCloseable {
  private static final int LARGEST_READ = 1 << 16;

  private final InetSocketAddress server;
  private final String last;
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch held = new CountDownLatch(1);

  /**
   * @param last the text that is held back, ASCII
   */
  Relay(InetSocketAddress server, String last) throws IOException {
    this.server = server;
    this.last = last;
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Counted down when the text has come. */
  CountDownLatch held() {
    return held;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = opened(listener.accept());
      Socket upstream = opened(new Socket(server.getAddress(), server.getPort()));
      start(() -> forward(client, upstream));
      start(() -> upstream.getInputStream().transferTo(client.getOutputStream()));
    }
  }

  private Socket opened(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    open.add(socket);
    return socket;
  }

  private void forward(Socket client, Socket upstream) throws IOException {
    InputStream in = client.getInputStream();
    byte[] bytes = new byte[LARGEST_READ];
    String tail = "";
    for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
      String seen = tail + new String(bytes, 0, length, ISO_8859_1);
      if (seen.contains(last)) {
        held.countDown();
      }
      if (held.getCount() == 0) {
        return;
      }
      upstream.getOutputStream().write(bytes, 0, length);
      tail = seen.substring(Math.max(0, seen.length() - last.length()));
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // One of the two has gone: so has what was between them.
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
