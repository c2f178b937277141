package io.downbeat.bench.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A server on loopback as if it were far away: a port whose connections lead to it, on which all
 * that is sent arrives half a round trip later, and nothing that is sent first is sent before the
 * whole round trip that opening the connection would take. It stands for distance alone: its
 * bandwidth is the machine's, and no packet is lost.
 */
final class FarAway implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int MOST_UNDER_WAY = 16 << 20;
  private static final long MILLI = 1_000_000;
  private static final long LOOK_MILLIS = 1_000;

  private final ServerSocketChannel listening = ServerSocketChannel.open();
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final List<Way> ways = new ArrayList<>();
  private final Thread thread = new Thread(this::carry, "far-away");
  private final int target;
  private volatile long roundTripNanos;
  private volatile boolean closed;

  /** At its time these bytes arrive; none are the end. */
  private record Chunk(long due, ByteBuffer bytes) {}

  /** One direction of a connection. */
  private static final class Way {
    private final SocketChannel from;
    private final SocketChannel to;
    private final long opened;
    private final Queue<Chunk> underWay = new ArrayDeque<>();
    private int bytes;
    private long latest;
    private boolean ended;
    private boolean over;

    /**
     * @param opened before which nothing is sent
     */
    Way(SocketChannel from, SocketChannel to, long opened) {
      this.from = from;
      this.to = to;
      this.opened = opened;
    }
  }

  /**
   * @param target port on loopback
   */
  FarAway(int target) throws IOException {
    this.target = target;
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    thread.setDaemon(true);
    thread.start();
  }

  int port() throws IOException {
    return ((InetSocketAddress) listening.getLocalAddress()).getPort();
  }

  /** From now on; what is under way arrives when it would have. */
  void roundTrip(Duration roundTrip) {
    roundTripNanos = roundTrip.toNanos();
  }

  private void carry() {
    try {
      while (!closed) {
        await();
        if (selector.selectedKeys().removeIf(key -> key.isValid() && key.isAcceptable())) {
          accept();
        }
        selector.selectedKeys().clear();
        for (Way way : ways) {
          try {
            take(way);
            deliver(way);
          } catch (IOException e) {
            over(way);
          }
        }
        ways.removeIf(way -> way.over);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until something came, or something is due. */
  private void await() throws IOException {
    long due = Long.MAX_VALUE;
    for (Way way : ways) {
      Chunk next = way.underWay.peek();
      if (next != null) {
        due = Math.min(due, next.due());
      }
    }
    long wait = due == Long.MAX_VALUE ? LOOK_MILLIS * MILLI : due - System.nanoTime();
    if (wait >= MILLI) {
      selector.select(wait / MILLI);
    } else {
      selector.selectNow();
    }
  }

  private void accept() throws IOException {
    for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
      SocketChannel server =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      for (SocketChannel each : List.of(client, server)) {
        each.setOption(StandardSocketOptions.TCP_NODELAY, true);
        each.configureBlocking(false);
        each.register(selector, SelectionKey.OP_READ);
      }
      long now = System.nanoTime();
      ways.add(new Way(client, server, now + roundTripNanos));
      ways.add(new Way(server, client, now));
    }
  }

  private void take(Way way) throws IOException {
    while (!way.ended && way.bytes < MOST_UNDER_WAY) {
      buffer.clear();
      int count = way.from.read(buffer);
      if (count == 0) {
        return;
      }
      way.latest =
          Math.max(way.latest, Math.max(System.nanoTime(), way.opened) + roundTripNanos / 2);
      way.ended = count < 0;
      ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, count));
      way.underWay.add(new Chunk(way.latest, bytes.put(buffer.flip()).flip()));
      way.bytes += bytes.remaining();
    }
    if (way.ended && way.from.keyFor(selector) != null) {
      way.from.keyFor(selector).interestOps(0);
    }
  }

  private static void deliver(Way way) throws IOException {
    for (Chunk next = way.underWay.peek();
        next != null && next.due() <= System.nanoTime();
        next = way.underWay.peek()) {
      if (!next.bytes().hasRemaining() && way.ended && way.underWay.size() == 1) {
        over(way);
        return;
      }
      way.bytes -= way.to.write(next.bytes());
      if (next.bytes().hasRemaining()) {
        return; // The receiver takes no more now; it is looked at again at once.
      }
      way.underWay.remove();
    }
  }

  /** A connection that has ended on one side ends: HTTP knows no half of one. */
  private static void over(Way way) {
    way.over = true;
    for (SocketChannel each : List.of(way.from, way.to)) {
      try {
        each.close();
      } catch (IOException e) {
        // Nothing more to do with it.
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    closed = true;
    selector.wakeup();
    thread.join();
    listening.close();
    ways.forEach(FarAway::over);
    selector.close();
  }
}
