package io.downbeat.serving.http;

import io.downbeat.schemas.identity.BearerKey;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** Who a request for {@code /v1/me/…} is for. Thread-safe. */
public final class Listeners {
  private static final String USER = "Downbeat-User";

  private final Optional<BearerKey> serviceKey;

  private Listeners(Optional<BearerKey> serviceKey) {
    this.serviceKey = serviceKey;
  }

  /**
   * @param serviceKeyFile holds the key of trusted callers; without one nobody is let in
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Listeners read(Optional<Path> serviceKeyFile) {
    return new Listeners(serviceKeyFile.map(Listeners::key));
  }

  private static BearerKey key(Path file) {
    try {
      return BearerKey.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read service key file " + file + ": " + e.getClass().getSimpleName(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use service key file " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The listener that a trusted caller asks for.
   *
   * @throws Problem 401 without the key, 422 if {@code Downbeat-User} is not one UUID
   */
  public UUID of(Context ctx) {
    String authorization = ctx.header("Authorization");
    if (serviceKey.filter(key -> key.isIn(authorization)).isEmpty()) {
      throw unauthorized("Send the service key as Authorization: Bearer");
    }
    String user = ctx.header(USER);
    if (user == null) {
      throw unauthorized("Name the listener in the header " + USER);
    }
    return Ids.parse(USER, user);
  }

  private static Problem unauthorized(String detail) {
    return Problem.of(401, detail).withHeader("WWW-Authenticate", "Bearer");
  }
}
