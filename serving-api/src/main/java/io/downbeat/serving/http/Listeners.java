package io.downbeat.serving.http;

import io.downbeat.access.AccessToken;
import io.downbeat.access.InvalidTokenException;
import io.downbeat.access.PublicKeys;
import io.downbeat.access.TokenCheck;
import io.downbeat.access.http.RateLimits;
import io.downbeat.access.http.TooManyRequestsException;
import io.downbeat.schemas.identity.BearerKey;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who a request for {@code /v1/me/…} is for. Thread-safe. */
public final class Listeners {
  private static final String USER = "Downbeat-User";
  private static final String SCHEME = "Bearer ";
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /**
   * @param deviceId of the caller; null if it is a trusted caller and not the listener
   */
  public record Caller(UUID userId, @Nullable UUID deviceId) {}

  private final Optional<BearerKey> serviceKey;
  private final TokenCheck tokens;
  private final RateLimits limits;

  private Listeners(Optional<BearerKey> serviceKey, TokenCheck tokens, RateLimits limits) {
    this.serviceKey = serviceKey;
    this.tokens = tokens;
    this.limits = limits;
  }

  /**
   * @param limits of each listener's requests
   * @param serviceKeyFile holds the key of trusted callers; without one there are none
   * @throws IllegalArgumentException saying what is wrong with the file
   */
  public static Listeners read(
      Optional<Path> serviceKeyFile, TokenCheck tokens, RateLimits limits) {
    return new Listeners(serviceKeyFile.map(Listeners::key), tokens, limits);
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

  /** Whether a trusted caller sends the request. */
  public boolean trusts(Context ctx) {
    String authorization = ctx.header("Authorization");
    return serviceKey.filter(key -> key.isIn(authorization)).isPresent();
  }

  /**
   * The listener whose token it is, or that a trusted caller asks for.
   *
   * @throws Problem 401 without token or key, 403 if a token is sent for somebody else, 422 if
   *     {@code Downbeat-User} is not one UUID
   * @throws TooManyRequestsException if there were too many of the account
   */
  public UUID of(Context ctx) {
    return caller(ctx).userId();
  }

  /**
   * The same, with the device.
   *
   * @throws Problem as {@link #of}
   */
  public Caller caller(Context ctx) {
    Optional<UUID> user = user(ctx);
    if (trusts(ctx)) {
      return new Caller(
          user.orElseThrow(() -> unauthorized("Name the listener in the header " + USER)), null);
    }
    String bearer = bearer(ctx);
    if (bearer == null) {
      throw unauthorized("Send an access token, or the service key, as Authorization: Bearer");
    }
    AccessToken token = token(bearer);
    limits.account(ctx, token.userId());
    if (user.isPresent() && !user.get().equals(token.userId())) {
      throw Problem.forbidden(
          USER, user.get().toString(), "An access token speaks for its own listener only");
    }
    return new Caller(token.userId(), token.deviceId());
  }

  private AccessToken token(String bearer) {
    try {
      return tokens.check(bearer);
    } catch (InvalidTokenException e) {
      throw Problem.of(401, String.valueOf(e.getMessage()))
          .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    } catch (PublicKeys.UnavailableException e) {
      throw Problem.unavailable(String.valueOf(e.getMessage()), RETRY_AFTER);
    }
  }

  private static @Nullable String bearer(Context ctx) {
    String authorization = ctx.header("Authorization");
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).strip()
        : null;
  }

  private static Optional<UUID> user(Context ctx) {
    return Optional.ofNullable(ctx.header(USER)).map(user -> Ids.parse(USER, user));
  }

  private static Problem unauthorized(String detail) {
    return Problem.of(401, detail).withHeader("WWW-Authenticate", "Bearer");
  }
}
