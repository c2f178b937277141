package io.downbeat.local.run.imports;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One input's text: UTF-8, with or without a byte order mark, plain or gzip (told by its first
 * bytes). Bytes that are not UTF-8 become {@link #NOT_UTF8}, which no text contains. Read by one
 * thread; {@link #bytesRead} by any.
 */
final class Input implements Closeable {

  /**
   * A noncharacter: stands for bytes that are not UTF-8, so that a row which holds them can be
   * refused.
   */
  static final char NOT_UTF8 = '\uffff';

  private static final int BUFFER_BYTES = 64 * 1024;

  private final String name;
  private final @Nullable Path file;
  private final long size;
  private final Counted counted;
  private final BufferedReader reader;

  private Input(String name, @Nullable Path file, long size, InputStream bytes) throws IOException {
    this.name = name;
    this.file = file;
    this.size = size;
    this.counted = new Counted(bytes);
    this.reader =
        new BufferedReader(
            new InputStreamReader(
                unpacked(counted),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)
                    .replaceWith(String.valueOf(NOT_UTF8))),
            BUFFER_BYTES);
  }

  static Input open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new CannotImport("Cannot read " + file + ": it is a directory");
    }
    InputStream bytes;
    try {
      bytes = Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new CannotImport("Cannot read " + file + ": there is no such file", e);
    }
    try {
      String name = String.valueOf(file.getFileName());
      Input input = new Input(name, file, Files.size(file), bytes);
      input.skipByteOrderMark();
      return input;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** Standard input or the like: of unknown size, and not to be read a second time. */
  static Input of(String name, InputStream bytes) throws IOException {
    Input input = new Input(name, null, -1, bytes);
    input.skipByteOrderMark();
    return input;
  }

  String name() {
    return name;
  }

  /** Null where there is none to read again. */
  @Nullable Path file() {
    return file;
  }

  /** In bytes as stored; -1 if unknown. */
  long size() {
    return size;
  }

  /** As stored: of a gzip, packed. */
  long bytesRead() {
    return counted.count;
  }

  BufferedReader reader() {
    return reader;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private void skipByteOrderMark() throws IOException {
    reader.mark(1);
    if (reader.read() != '\ufeff') {
      reader.reset();
    }
  }

  private static InputStream unpacked(InputStream bytes) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(bytes, BUFFER_BYTES);
    buffered.mark(2);
    boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
    buffered.reset();
    return gzip ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
  }

  private static final class Counted extends FilterInputStream {
    private volatile long count;

    Counted(InputStream bytes) {
      super(bytes);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      add(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int n = super.read(into, offset, length);
      add(Math.max(n, 0));
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    // One thread reads; the field is volatile for those who only look.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void add(int n) {
      count += n;
    }
  }
}
