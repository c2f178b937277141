package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How long a file is, beside how long it says it is: of WAV and AIFF, which are read to wherever
 * they end.
 */
final class Lengths {
  private static final int HEAD = 8;

  private Lengths() {}

  /**
   * @throws CannotEncode if it is empty, cut off, or cannot be read
   */
  static void check(Path file) throws CannotEncode {
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    long length;
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      length = in.size();
      while (head.hasRemaining() && in.read(head) >= 0) {}
    } catch (IOException e) {
      throw new CannotEncode("it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    if (length == 0) {
      throw new CannotEncode("it is empty");
    }
    String type = new String(head.array(), 0, 4, StandardCharsets.ISO_8859_1);
    if (head.hasRemaining() || !(type.equals("RIFF") || type.equals("FORM"))) {
      return;
    }
    head.order(type.equals("RIFF") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int said = head.getInt(4);
    // What is written into a pipe does not know how long it will be: 0, or all ones.
    if (said > 0 && HEAD + (long) said > length) {
      throw new CannotEncode(
          "it is cut off: it says that it is %d bytes long, and it is %d"
              .formatted(HEAD + (long) said, length));
    }
  }
}
