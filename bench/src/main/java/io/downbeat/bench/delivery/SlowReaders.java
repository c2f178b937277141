package io.downbeat.bench.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients who have each asked for a whole file and take a kilobyte of it a second, until closed.
 */
final class SlowReaders implements AutoCloseable {
  private static final int BYTES_PER_SECOND = 1_000;
  private static final int RECEIVE_BYTES = 4 << 10;
  private static final int TURNS_PER_SECOND = 10;
  private static final byte[] ANSWERED = "HTTP/1.1 200 ".getBytes(ISO_8859_1);

  private final List<Reader> readers = new ArrayList<>();
  private final Thread thread = new Thread(this::read, "slow-readers");
  private volatile boolean over;
  private volatile @Nullable IOException failure;

  private static final class Reader {
    private final SocketChannel channel;
    private boolean answered;
    private volatile boolean closed;

    Reader(SocketChannel channel) {
      this.channel = channel;
    }
  }

  SlowReaders(Sender sender, int count, int files) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sender.port()));
      channel.write(
          ISO_8859_1.encode(
              "GET " + sender.target(i % files) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
      channel.configureBlocking(false);
      readers.add(new Reader(channel));
    }
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES_PER_SECOND);
      for (int turn = 0; !over; turn++) {
        for (int i = turn % TURNS_PER_SECOND; i < readers.size(); i += TURNS_PER_SECOND) {
          read(readers.get(i), buffer.clear());
        }
        TimeUnit.MILLISECONDS.sleep(1_000 / TURNS_PER_SECOND);
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(Reader reader, ByteBuffer buffer) throws IOException {
    if (reader.closed) {
      return;
    }
    int count;
    try {
      count = reader.channel.read(buffer);
    } catch (IOException e) {
      count = -1;
    }
    if (count < 0) {
      reader.closed = true;
      reader.channel.close();
    } else if (count > 0 && !reader.answered) {
      byte[] begin = new byte[ANSWERED.length];
      buffer.flip().get(begin, 0, Math.min(begin.length, buffer.remaining()));
      if (!java.util.Arrays.equals(begin, ANSWERED)) {
        throw new IOException("A slow reader was answered " + new String(begin, ISO_8859_1));
      }
      reader.answered = true;
    }
  }

  int answered() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
    return (int) readers.stream().filter(reader -> reader.answered).count();
  }

  /** How many the server has closed. */
  long closed() {
    return readers.stream().filter(reader -> reader.closed).count();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    over = true;
    thread.join();
    for (Reader reader : readers) {
      reader.channel.close();
    }
  }
}
