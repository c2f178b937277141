package io.downbeat.serving.sound;

import io.downbeat.access.http.SendfileEndPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;

/**
 * A file that the kernel sends, or that is written from memory where it can't, mapped in windows.
 * It stays readable when it is closed or deleted, and must not be cut short.
 */
final class MappedFile implements StoredFile {
  private static final long WINDOW = 1L << 30;

  private final FileChannel file;
  private final ByteBuffer[] windows;
  private final long length;
  private final HttpField contentType;
  private final HttpField tag;

  private MappedFile(
      FileChannel file, ByteBuffer[] windows, long length, String contentType, String tag) {
    this.file = file;
    this.windows = windows;
    this.length = length;
    this.contentType = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, contentType);
    this.tag = new PreEncodedHttpField(HttpHeader.ETAG, tag);
  }

  static MappedFile open(Path file, String contentType, String tag) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      long length = channel.size();
      ByteBuffer[] windows = new ByteBuffer[(int) ((length + WINDOW - 1) / WINDOW)];
      for (int i = 0; i < windows.length; i++) {
        long from = i * WINDOW;
        windows[i] =
            channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(WINDOW, length - from));
      }
      return new MappedFile(channel, windows, length, contentType, tag);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What is being sent goes on, from memory. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public HttpField contentType() {
    return contentType;
  }

  @Override
  public HttpField tag() {
    return tag;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void write(Request request, Content.Sink sink, long from, long count, Callback callback) {
    if (count == 0) {
      sink.write(true, null, callback);
    } else if (from / WINDOW == (from + count - 1) / WINDOW) {
      sink.write(true, window(request, from, count), callback);
    } else {
      new Windows(request, sink, from, from + count, callback).iterate();
    }
  }

  /** From a place up to another, or to the end of the window. */
  private ByteBuffer window(Request request, long from, long count) {
    int at = (int) (from % WINDOW);
    ByteBuffer bytes = windows[(int) (from / WINDOW)].slice(at, (int) Math.min(count, WINDOW - at));
    SendfileEndPoint.isOf(request, bytes, file, from);
    return bytes;
  }

  /** One after the other. */
  private final class Windows extends IteratingNestedCallback {
    private final Request request;
    private final Content.Sink sink;
    private final long end;
    private long at;

    Windows(Request request, Content.Sink sink, long from, long end, Callback callback) {
      super(callback);
      this.request = request;
      this.sink = sink;
      this.at = from;
      this.end = end;
    }

    @Override
    protected Action process() {
      if (at == end) {
        return Action.SUCCEEDED;
      }
      ByteBuffer next = window(request, at, end - at);
      at += next.remaining();
      sink.write(at == end, next, this);
      return Action.SCHEDULED;
    }
  }
}
