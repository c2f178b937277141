package io.downbeat.access.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that lets the kernel send what comes from a file, so that nobody copies it. Jetty
 * alone writes buffers; here one that is known to be of a file stands for the place in it.
 */
public class SendfileEndPoint extends SocketChannelEndPoint {

  /** Goes along with the head in one packet. Less than that in all is copied, which costs less. */
  private static final int FIRST = 16 << 10;

  private record Source(ByteBuffer buffer, FileChannel file, long start) {}

  private volatile @Nullable Source source;

  SendfileEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /**
   * Tells where the bytes of a buffer are from, before it is written as all or the rest of an
   * answer. It is written as any other where the kernel can't send it: with TLS or HTTP/2, or when
   * the file was closed.
   *
   * @param buffer the very one, whose first byte is that at {@code start}
   * @param file which is never cut short
   */
  public static void isOf(Request request, ByteBuffer buffer, FileChannel file, long start) {
    if (buffer.remaining() > FIRST
        && request.getConnectionMetaData().getConnection().getEndPoint()
            instanceof SendfileEndPoint connection) {
      connection.source = new Source(buffer, file, start);
    }
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    Source known = source;
    if (known == null
        || !known.file.isOpen()
        || buffers.length == 0
        || buffers[buffers.length - 1] != known.buffer) {
      return super.flush(buffers);
    }
    ByteBuffer last = known.buffer;
    if (buffers.length > 1) {
      int end = last.limit();
      last.limit(Math.min(end, last.position() + FIRST));
      try {
        if (!super.flush(buffers)) {
          return false;
        }
      } finally {
        last.limit(end);
      }
    }
    if (last.hasRemaining()) {
      send(known, last);
    }
    if (last.hasRemaining()) {
      return false;
    }
    source = null;
    return true;
  }

  private void send(Source from, ByteBuffer left) throws IOException {
    long at = from.start + left.position();
    try {
      int sent = (int) from.file.transferTo(at, left.remaining(), getChannel());
      if (sent == 0 && at >= from.file.size()) {
        throw new EOFException("The file has ended at " + at + ", but was longer");
      }
      if (sent > 0) {
        left.position(left.position() + sent);
        notIdle();
      }
    } catch (IOException e) {
      if (from.file.isOpen()) {
        throw new EofException(e); // As Jetty tells that nobody reads any more.
      }
    }
  }
}
