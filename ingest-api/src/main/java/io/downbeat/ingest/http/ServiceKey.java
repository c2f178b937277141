package io.downbeat.ingest.http;

import io.downbeat.schemas.identity.BearerKey;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The key of trusted producers. Thread-safe. */
public final class ServiceKey {
  private final BearerKey key;

  private ServiceKey(BearerKey key) {
    this.key = key;
  }

  /**
   * @param file holds the key and nothing else
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static ServiceKey read(Path file) {
    try {
      return new ServiceKey(BearerKey.of(Files.readString(file, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read service key file " + file + ": " + e.getClass().getSimpleName(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use service key file " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a trusted producer sends the request. */
  public boolean isIn(Context ctx) {
    return key.isIn(ctx.header("Authorization"));
  }

  /** The handler for whoever sends the key; 401 for all others, before the body is looked at. */
  public Handler required(Handler handler) {
    return ctx -> {
      require(ctx);
      handler.handle(ctx);
    };
  }

  /**
   * @throws Problem 401 unless the request carries the key
   */
  void require(Context ctx) {
    if (!isIn(ctx)) {
      throw unauthorized("Send the service key as Authorization: Bearer");
    }
  }

  static Problem unauthorized(String detail) {
    return new Problem(401, detail).withHeader("WWW-Authenticate", "Bearer");
  }
}
