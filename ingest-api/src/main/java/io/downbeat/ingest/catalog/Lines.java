package io.downbeat.ingest.catalog;

import java.io.IOException;
import java.io.InputStream;

/**
 * Lines of a stream, one at a time, in constant memory: of a line that is too long nothing is kept.
 * Not thread-safe.
 */
final class Lines {

  private final InputStream in;
  private final int longest;
  private final byte[] buffer;
  private int start;
  private int length;
  private int next;
  private int end;
  private long number;
  private boolean tooLong;

  /**
   * @param longest bytes of a line, without its end
   */
  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
    this.buffer = new byte[2 * (longest + 1)];
  }

  /** Moves to the next line; false at the end of the stream. */
  boolean next() throws IOException {
    start = next;
    tooLong = false;
    int scanned = start;
    while (true) {
      for (; scanned < end; scanned++) {
        if (buffer[scanned] == '\n') {
          return found(scanned, scanned + 1);
        }
      }
      if (scanned - start > longest) {
        tooLong = true;
        start = 0;
        scanned = 0;
        end = 0;
      } else if (start > 0) {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        scanned -= start;
        end -= start;
        start = 0;
      }
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        return (end > start || tooLong) && found(end, end);
      }
      end += read;
    }
  }

  private boolean found(int lineEnd, int nextStart) {
    length = lineEnd - start;
    tooLong |= length > longest;
    next = nextStart;
    number++;
    return true;
  }

  /** Of this line, from 1. */
  long number() {
    return number;
  }

  boolean tooLong() {
    return tooLong;
  }

  boolean isBlank() {
    for (int i = start; i < start + length; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return !tooLong;
  }

  /** Holds the line, from {@link #offset} on; good until {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  int offset() {
    return start;
  }

  int length() {
    return length;
  }
}
