package io.downbeat.local.run.sound;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The name of what is made of a file's bytes. */
final class Content {
  /** Of how sounds are cut and described, and covers scaled: another one makes other names. */
  private static final byte FORMAT = 1;

  private static final int NAME_BYTES = 16;

  private Content() {}

  /**
   * @return 32 hexadecimal digits
   * @throws CannotEncode if the file cannot be read
   */
  static String of(Path file) throws CannotEncode {
    MessageDigest hash = sha256();
    hash.update(FORMAT);
    byte[] chunk = new byte[64 << 10];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        hash.update(chunk, 0, length);
      }
    } catch (IOException e) {
      throw new CannotEncode("it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    return HexFormat.of().formatHex(hash.digest(), 0, NAME_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
