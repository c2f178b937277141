package io.downbeat.bench.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Files of the size and layout of sounds at 256 kbit/s, whose every byte is known by its place: as
 * music does, they look random. Thread-safe.
 */
final class SoundFiles {
  /** A track of two and a half minutes, and a bit. */
  static final int BYTES = 5_000_000;

  /** Header, index and the first, short, segment. */
  private static final int FIRST_END = 34_000;

  private static final int SEGMENT_BYTES = 128_300;
  private static final String FILE = "/256/sound.mp4";

  private final int count;

  /** Bytes of a file, from {@code from} on. */
  record Part(int file, int from, int length) {
    boolean isWhole() {
      return length == BYTES;
    }
  }

  SoundFiles(int count) {
    this.count = count;
  }

  void make(Path store) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((BYTES + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int file = 0; file < count; file++) {
      bytes.clear();
      for (int word = 0; word < BYTES / 8; word++) {
        bytes.putLong(word(file, word));
      }
      Path path = store.resolve(content(file) + FILE);
      Files.createDirectories(path.getParent());
      try (FileChannel out =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }

  static String content(int file) {
    return "%032x".formatted(file);
  }

  /** Within the store. */
  static String path(int file) {
    return content(file) + FILE;
  }

  static byte at(int file, long position) {
    return (byte) (word(file, position >>> 3) >>> 8 * (position & 7));
  }

  /** SplittableRandom's mixing of the place. */
  private static long word(int file, long index) {
    long z = ((long) file << 40 | index) * 0x9E3779B97F4A7C15L + 0x5851F42D4C957F2DL;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** Any segment of four seconds. */
  Part segment(SplittableRandom random) {
    int segment = random.nextInt((BYTES - FIRST_END) / SEGMENT_BYTES);
    return new Part(random.nextInt(count), FIRST_END + segment * SEGMENT_BYTES, SEGMENT_BYTES);
  }

  Part whole(SplittableRandom random) {
    return new Part(random.nextInt(count), 0, BYTES);
  }
}
