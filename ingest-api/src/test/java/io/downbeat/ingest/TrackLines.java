package io.downbeat.ingest;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.IntConsumer;

/** Lines of tracks, made as they are read. */
final class TrackLines extends InputStream {

  static final String TITLE = "A title of ordinary length, no. ";

  private final int tracks;
  private final IntConsumer written;
  private int next;
  private byte[] line = new byte[0];
  private int position;

  TrackLines(int tracks, IntConsumer written) {
    this.tracks = tracks;
    this.written = written;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    int filled = 0;
    while (filled < length) {
      if (position == line.length) {
        if (next == tracks) {
          break;
        }
        line = line(next++).getBytes(StandardCharsets.UTF_8);
        position = 0;
        written.accept(next);
      }
      int part = Math.min(length - filled, line.length - position);
      System.arraycopy(line, position, to, offset + filled, part);
      position += part;
      filled += part;
    }
    return filled == 0 && length > 0 ? -1 : filled;
  }

  private static String line(int i) {
    return """
        {"type":"track","track_id":"%s","title":"%s%d","artist_ids":["%s"],"album_id":"%s","genres":["Indie Rock","Shoegaze"],"duration_millis":187000,"track_number":1}
        """
        .formatted(new UUID(7, i), TITLE, i, new UUID(1, i / 100), new UUID(2, i / 10));
  }
}
