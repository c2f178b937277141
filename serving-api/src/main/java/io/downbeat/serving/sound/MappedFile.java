package io.downbeat.serving.sound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;

/**
 * A file that is mapped into memory, in windows: what is sent goes from the page cache to the
 * socket. It stays readable when it is deleted, and must not be cut short.
 */
final class MappedFile implements StoredFile {
  private static final long WINDOW = 1L << 30;

  private final ByteBuffer[] windows;
  private final long length;
  private final HttpField contentType;
  private final HttpField tag;

  private MappedFile(ByteBuffer[] windows, long length, String contentType, String tag) {
    this.windows = windows;
    this.length = length;
    this.contentType = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, contentType);
    this.tag = new PreEncodedHttpField(HttpHeader.ETAG, tag);
  }

  static MappedFile open(Path file, String contentType, String tag) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      ByteBuffer[] windows = new ByteBuffer[(int) ((length + WINDOW - 1) / WINDOW)];
      for (int i = 0; i < windows.length; i++) {
        long from = i * WINDOW;
        windows[i] =
            channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(WINDOW, length - from));
      }
      return new MappedFile(windows, length, contentType, tag);
    }
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
  public void write(Content.Sink sink, long from, long count, Callback callback) {
    if (count == 0) {
      sink.write(true, null, callback);
    } else if (from / WINDOW == (from + count - 1) / WINDOW) {
      sink.write(true, window(from, count), callback);
    } else {
      new Windows(sink, from, from + count, callback).iterate();
    }
  }

  /** From a place up to another, or to the end of the window. */
  private ByteBuffer window(long from, long count) {
    int at = (int) (from % WINDOW);
    return windows[(int) (from / WINDOW)].slice(at, (int) Math.min(count, WINDOW - at));
  }

  /** One after the other. */
  private final class Windows extends IteratingNestedCallback {
    private final Content.Sink sink;
    private final long end;
    private long at;

    Windows(Content.Sink sink, long from, long end, Callback callback) {
      super(callback);
      this.sink = sink;
      this.at = from;
      this.end = end;
    }

    @Override
    protected Action process() {
      if (at == end) {
        return Action.SUCCEEDED;
      }
      ByteBuffer next = window(at, end - at);
      at += next.remaining();
      sink.write(at == end, next, this);
      return Action.SCHEDULED;
    }
  }
}
