package io.downbeat.ingest.accounts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the database does not know: a secret of at least 32 bytes, from which a key for each use is
 * derived. Whoever loses it can neither check a password nor refresh a session. It prints nothing
 * of itself. Thread-safe.
 */
public final class Secret {
  private static final int SHORTEST = 32;
  private static final String HMAC = "HmacSHA256";
  private static final int HASH_BYTES = 32;
  private static final int LONGEST = 128;

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param file holds the secret in Base64, of either alphabet, and nothing else
   * @throws IllegalArgumentException saying, without its text, what is wrong with the file
   */
  public static Secret read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      byte[] bytes = Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
      if (bytes.length < SHORTEST) {
        throw new IllegalArgumentException("it must hold at least " + SHORTEST + " bytes");
      }
      return new Secret(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read account secret file " + file + ": " + e.getClass().getSimpleName(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use account secret file " + file + ": it must hold at least 32 bytes in Base64");
    }
  }

  /** A keyed hash, of 32 bytes. */
  byte[] hash(String use, byte[] text) {
    return hmac(hmac(bytes, use.getBytes(StandardCharsets.UTF_8)), text);
  }

  /** Content that nobody else can have written, as text. It is not hidden. */
  String seal(String use, byte[] content) {
    byte[] whole = Arrays.copyOf(content, content.length + HASH_BYTES);
    System.arraycopy(hash(use, content), 0, whole, content.length, HASH_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /**
   * The content of what {@link #seal} made; empty of anything else.
   *
   * @param length of the content
   */
  Optional<byte[]> unseal(String use, String text, int length) {
    byte[] whole;
    try {
      whole = text.length() > LONGEST ? new byte[0] : Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (whole.length != length + HASH_BYTES) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(whole, length);
    byte[] hash = Arrays.copyOfRange(whole, length, whole.length);
    return MessageDigest.isEqual(hash, hash(use, content))
        ? Optional.of(content)
        : Optional.empty();
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("Every JDK has " + HMAC, e);
    }
  }
}
