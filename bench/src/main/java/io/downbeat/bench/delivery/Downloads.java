package io.downbeat.bench.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.downbeat.bench.delivery.SoundFiles.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/**
 * Downloads over connections that are kept, all from one thread into one buffer, so that the client
 * takes little of the machine. Every answer's status, length and range are checked, and the first
 * and last byte of all that is read at once; of some answers every byte. Not thread-safe.
 */
final class Downloads implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MOST_HEAD_BYTES = 8 << 10;
  private static final int FULLY_CHECKED = 64;
  private static final long MILLI = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Sender sender;
  private final Supplier<Part> parts;
  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final PriorityQueue<Connection> waiting =
      new PriorityQueue<>(Comparator.comparingLong(connection -> connection.due));
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long bytes;
  private long answers;

  record Done(long bytes, long answers, double seconds) {}

  /** Opens the connections. */
  Downloads(Sender sender, int count, Supplier<Part> parts) throws IOException {
    this.sender = sender;
    this.parts = parts;
    for (int i = 0; i < count; i++) {
      connections.add(new Connection());
    }
  }

  /**
   * Downloads until the time is over and what was begun is there.
   *
   * @param every how long after a download began its connection begins the next, the first ones
   *     spread over it; zero: as soon as it is there
   */
  Done run(Duration length, Duration every) throws IOException {
    long start = System.nanoTime();
    long end = start + length.toNanos();
    bytes = 0;
    answers = 0;
    for (int i = 0; i < connections.size(); i++) {
      Connection connection = connections.get(i);
      connection.due = start + every.toNanos() * i / connections.size();
      waiting.add(connection);
    }
    int underWay = 0;
    while (true) {
      long now = System.nanoTime();
      for (Connection next = waiting.peek();
          next != null && (next.due <= now || now >= end);
          next = waiting.peek()) {
        waiting.remove();
        if (now < end) {
          next.ask(parts.get());
          underWay++;
        }
      }
      if (waiting.isEmpty() && underWay == 0) {
        return new Done(bytes, answers, (System.nanoTime() - start) / 1e9);
      }
      if (now - end > PATIENCE.toNanos()) {
        throw new IOException(
            "%d answers of %s are not there after %s".formatted(underWay, sender.name(), PATIENCE));
      }
      Connection next = waiting.peek();
      if (next == null) {
        selector.select(PATIENCE.toMillis());
      } else {
        long wait = Math.min(next.due, end) - now;
        if (wait >= MILLI) {
          selector.select(wait / MILLI);
        } else {
          selector.selectNow();
        }
      }
      for (SelectionKey key : selector.selectedKeys()) {
        Connection connection = (Connection) key.attachment();
        if (connection.moves()) {
          underWay--;
          connection.due = Math.max(System.nanoTime(), connection.due + every.toNanos());
          waiting.add(connection);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private final class Connection {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final byte[] head = new byte[MOST_HEAD_BYTES];
    private ByteBuffer request = ByteBuffer.allocate(0);
    private Part part = new Part(0, 0, 0);
    private int headBytes;
    private boolean inHead;
    private int left;
    private boolean fully;
    private long due;

    Connection() throws IOException {
      channel =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), sender.port()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void ask(Part next) throws IOException {
      part = next;
      String range =
          next.isWhole()
              ? ""
              : "Range: bytes=" + next.from() + '-' + (next.from() + next.length() - 1) + "\r\n";
      request =
          ISO_8859_1.encode(
              "GET "
                  + sender.target(next.file())
                  + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                  + range
                  + "\r\n");
      headBytes = 0;
      inHead = true;
      left = next.length();
      write();
    }

    private void write() throws IOException {
      channel.write(request);
      key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** Whether the answer is whole now. */
    boolean moves() throws IOException {
      if (request.hasRemaining()) {
        write();
        return false;
      }
      buffer.clear();
      if (channel.read(buffer) < 0) {
        throw new IOException(
            "%s closed a connection with %d bytes to come".formatted(sender.name(), left));
      }
      buffer.flip();
      if (inHead) {
        readHead();
      }
      if (buffer.hasRemaining()) {
        check();
      }
      boolean whole = !inHead && left == 0;
      if (whole) {
        answers++;
        bytes += part.length();
      }
      return whole;
    }

    private void readHead() throws IOException {
      while (buffer.hasRemaining()) {
        if (headBytes == head.length) {
          throw wrong("has a head of more than " + head.length + " bytes");
        }
        head[headBytes++] = buffer.get();
        if (headBytes >= 4
            && head[headBytes - 1] == '\n'
            && head[headBytes - 2] == '\r'
            && head[headBytes - 3] == '\n') {
          inHead = false;
          fully = answers % FULLY_CHECKED == 0;
          checkHead(new String(head, 0, headBytes, ISO_8859_1).toLowerCase(Locale.ROOT));
          return;
        }
      }
    }

    private void checkHead(String text) throws IOException {
      String status = part.isWhole() ? "http/1.1 200 " : "http/1.1 206 ";
      String range =
          part.isWhole()
              ? "\r\n"
              : "\r\ncontent-range: bytes %d-%d/%d\r\n"
                  .formatted(part.from(), part.from() + part.length() - 1, SoundFiles.BYTES);
      if (!text.startsWith(status)
          || !text.contains("\r\ncontent-length: " + part.length() + "\r\n")
          || !text.contains(range)) {
        throw wrong("begins with\n" + text);
      }
    }

    private void check() throws IOException {
      int count = buffer.remaining();
      if (count > left) {
        throw wrong("is longer than it says");
      }
      int position = part.from() + part.length() - left;
      left -= count;
      int step = fully ? 1 : Math.max(1, count - 1);
      for (int i = 0; i < count; i += step) {
        if (buffer.get(buffer.position() + i) != SoundFiles.at(part.file(), position + i)) {
          throw wrong("has a wrong byte at " + (position + i));
        }
      }
    }

    private IOException wrong(String what) {
      return new IOException("An answer of %s to %s %s".formatted(sender.name(), part, what));
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
