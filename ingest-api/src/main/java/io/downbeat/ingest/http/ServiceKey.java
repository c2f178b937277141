package io.downbeat.ingest.http;

import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The key of trusted producers, kept as its hash and compared in constant time. Thread-safe. It
 * prints nothing of itself.
 */
public final class ServiceKey {

  private static final int SHORTEST = 16;
  private static final int LONGEST = 1_024;
  private static final String SCHEME = "Bearer ";

  private final byte[] hash;

  private ServiceKey(String key) {
    this.hash = sha256(key);
  }

  /**
   * @param file holds one key of {@value #SHORTEST} to {@value #LONGEST} visible ASCII characters
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static ServiceKey read(Path file) {
    String key;
    try {
      if (Files.size(file) > 2 * LONGEST) {
        throw new IllegalArgumentException(
            "Cannot use service key file " + file + ": it is longer than a key");
      }
      key = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read service key file " + file + ": " + e.getClass().getSimpleName(), e);
    }
    if (key.length() < SHORTEST
        || key.length() > LONGEST
        || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "Cannot use service key file %s: it must hold one key of %d to %d visible ASCII characters"
              .formatted(file, SHORTEST, LONGEST));
    }
    return new ServiceKey(key);
  }

  /** The handler for whoever sends the key; 401 for all others, before the body is looked at. */
  public Handler required(Handler handler) {
    return ctx -> {
      if (!isIn(ctx.header("Authorization"))) {
        throw new Problem(401, "Send the service key as Authorization: Bearer")
            .withHeader("WWW-Authenticate", "Bearer");
      }
      handler.handle(ctx);
    };
  }

  boolean isIn(@Nullable String authorization) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(hash, sha256(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
