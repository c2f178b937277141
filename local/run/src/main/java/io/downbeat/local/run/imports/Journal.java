package io.downbeat.local.run.imports;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What an import leaves on disk: its {@link Bookmark} while it is not finished, and a table of the
 * rows that were refused (line, field, reason, row as it stood). One process at a time, and in it
 * one thread.
 *
 * <p>An input is the same one if its size, time of change and first 64 KiB are, and it goes to the
 * same API as the same kind.
 */
final class Journal implements Closeable {

  private static final int HEAD_BYTES = 64 * 1024;
  private static final int MAX_NAME_CHARS = 100;
  private static final int MAX_ROW_CHARS = 4096;
  private static final long MAX_REFUSED_BYTES = 64L * 1024 * 1024;
  private static final String HEADER = "line\tfield\treason\trow\n";

  private final @Nullable Path bookmarkFile;
  private final Path lockFile;
  private final FileChannel lock;
  private final Path refusedFile;
  private final @Nullable Bookmark begun;
  private @Nullable FileChannel refused;
  private long refusedBytes;

  private Journal(
      @Nullable Path bookmarkFile,
      Path lockFile,
      FileChannel lock,
      Path refusedFile,
      @Nullable Bookmark begun) {
    this.bookmarkFile = bookmarkFile;
    this.lockFile = lockFile;
    this.lock = lock;
    this.refusedFile = refusedFile;
    this.begun = begun;
    this.refusedBytes = begun == null ? 0 : begun.refusedBytes();
  }

  /**
   * @param file null for an input that can't be read again, which has no bookmark
   * @param destination what else the import depends on: API, kind, zone
   * @param restart forgets the bookmark
   * @throws CannotImport if another process has this one open
   */
  static Journal open(
      Path directory, String name, @Nullable Path file, String destination, boolean restart)
      throws IOException {
    Files.createDirectories(directory);
    String shortName = name.length() > MAX_NAME_CHARS ? name.substring(0, MAX_NAME_CHARS) : name;
    String base = shortName + "-" + identity(file, destination);
    Path lockFile = directory.resolve(base + ".lock");
    FileChannel lock =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!locks(lock)) {
        throw new CannotImport("Cannot import " + name + ": another process is importing it");
      }
      Path refusedFile = directory.resolve(base + ".refused.tsv");
      Path bookmarkFile = file == null ? null : directory.resolve(base + ".json");
      if (restart && bookmarkFile != null) {
        Files.deleteIfExists(bookmarkFile);
      }
      Bookmark begun = bookmarkFile == null ? null : Bookmark.read(bookmarkFile);
      if (begun == null || begun.refusedBytes() == 0) {
        Files.deleteIfExists(refusedFile);
      }
      return new Journal(bookmarkFile, lockFile, lock, refusedFile, begun);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Where an earlier run was interrupted; null if the import begins. */
  @Nullable Bookmark begun() {
    return begun;
  }

  /** Rows beyond a bound of bytes are left out; they stay in the count of the summary. */
  void refuse(Row row, @Nullable String field, String reason) throws IOException {
    if (refusedBytes >= MAX_REFUSED_BYTES) {
      return;
    }
    String original = row.original();
    String shown =
        original.length() > MAX_ROW_CHARS ? original.substring(0, MAX_ROW_CHARS) + "…" : original;
    write(
        row.line()
            + "\t"
            + oneCell(field == null ? "" : field)
            + "\t"
            + oneCell(reason)
            + "\t"
            + oneLine(shown)
            + "\n");
  }

  /** The rows up to this line are done with. */
  void acknowledge(long line, Tally tally) throws IOException {
    if (bookmarkFile != null) {
      Bookmark.of(line, tally, refusedBytes).write(bookmarkFile);
    }
  }

  /** The import is complete; the next one of this input begins anew. */
  void finish() throws IOException {
    if (bookmarkFile != null) {
      Files.deleteIfExists(bookmarkFile);
    }
  }

  /** Null as long as no row was refused. */
  @Nullable Path refusedFile() {
    return refusedBytes == 0 ? null : refusedFile;
  }

  @Override
  public void close() throws IOException {
    if (refused != null) {
      refused.close();
    }
    Files.deleteIfExists(lockFile);
    lock.close();
  }

  private void write(String text) throws IOException {
    FileChannel file = refused;
    if (file == null) {
      file = FileChannel.open(refusedFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      // What was written after the bookmark will be found again.
      file.truncate(refusedBytes);
      file.position(refusedBytes);
      refused = file;
      if (refusedBytes == 0) {
        write(HEADER);
      }
    }
    ByteBuffer bytes = UTF_8.encode(text);
    refusedBytes += bytes.remaining();
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private static String oneCell(String text) {
    return oneLine(text).replace('\t', ' ');
  }

  private static String oneLine(String text) {
    return text.replace("\r", "\\r").replace("\n", "\\n");
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String identity(@Nullable Path file, String destination) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
    sha256.update(destination.getBytes(UTF_8));
    if (file != null) {
      sha256.update(
          ("|" + Files.size(file) + "|" + Files.getLastModifiedTime(file).toMillis() + "|")
              .getBytes(UTF_8));
      try (InputStream bytes = Files.newInputStream(file)) {
        sha256.update(bytes.readNBytes(HEAD_BYTES));
      }
    }
    return HexFormat.of().formatHex(sha256.digest(), 0, 6);
  }
}
