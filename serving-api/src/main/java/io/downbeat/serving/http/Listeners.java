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
  private final DemoListeners demo;

  private Listeners(Optional<BearerKey> serviceKey, DemoListeners demo) {
    this.serviceKey = serviceKey;
    this.demo = demo;
  }

  /**
   * @param serviceKeyFile holds the key of trusted callers; without one there are none
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Listeners read(Optional<Path> serviceKeyFile, DemoListeners demo) {
    return new Listeners(serviceKeyFile.map(Listeners::key), demo);
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
   * The listener that a trusted caller asks for, or anyone if it is one of a demo.
   *
   * @throws Problem 401 without the key, 422 if {@code Downbeat-User} is not one UUID
   */
  public UUID of(Context ctx) {
    String user = ctx.header(USER);
    String authorization = ctx.header("Authorization");
    boolean trusted = serviceKey.filter(key -> key.isIn(authorization)).isPresent();
    if (trusted && user == null) {
      throw unauthorized("Name the listener in the header " + USER);
    }
    if (user != null) {
      UUID id = Ids.parse(USER, user);
      if (trusted || demo.contains(id)) {
        return id;
      }
    }
    throw unauthorized("Send the service key as Authorization: Bearer");
  }

  private static Problem unauthorized(String detail) {
    return Problem.of(401, detail).withHeader("WWW-Authenticate", "Bearer");
  }
}
