package io.downbeat.ingest.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP relay on loopback: a request in which a text stands arrives, and where the answer would
 * come, the connection breaks off. A text is looked for where it is not split over two reads.
 */
final class CutAnswer implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket listening;
  private final InetSocketAddress target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger left = new AtomicInteger();
  private volatile String text = "";

  CutAnswer(InetSocketAddress target) throws IOException {
    this.target = target;
    listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
  }

  /** Cuts so many of the next answers. */
  void cut(String asked, int times) {
    text = asked;
    left.set(times);
  }

  /** How many are still to be cut. */
  int left() {
    return left.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(target.getAddress(), target.getPort());
        open.add(client);
        open.add(server);
        boolean[] cut = new boolean[1];
        start(() -> pass(client, server, cut, true));
        start(() -> pass(server, client, cut, false));
      } catch (IOException e) {
        // Closed, or one connection less: its client tries again.
      }
    }
  }

  private void pass(Socket from, Socket to, boolean[] cut, boolean there) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        synchronized (cut) {
          if (there && left.get() > 0 && holds(buffer, read)) {
            cut[0] = true;
            left.decrementAndGet();
          } else if (!there && cut[0]) {
            return;
          }
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // The other side is gone.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private boolean holds(byte[] buffer, int length) {
    return new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(text);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
