package io.downbeat.ingest.http;

import io.downbeat.access.AccessToken;
import io.downbeat.access.AccessTokens;
import io.downbeat.access.AccountChanges;
import io.downbeat.access.InvalidTokenException;
import io.downbeat.access.PublicKeys;
import io.downbeat.access.http.RateLimits;
import io.downbeat.access.http.TooManyRequestsException;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whose {@code /v1/me/…} a request is about. Thread-safe. */
public final class Callers {
  private static final String USER = "Downbeat-User";
  private static final String SCHEME = "bearer ";

  private final ServiceKey serviceKey;
  private final AccessTokens tokens;
  private final AccountChanges changes;
  private final RateLimits limits;
  private final Clock clock;

  public Callers(
      ServiceKey serviceKey,
      AccessTokens tokens,
      AccountChanges changes,
      RateLimits limits,
      Clock clock) {
    this.serviceKey = serviceKey;
    this.tokens = tokens;
    this.changes = changes;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * The listener who is signed in; null if it is a trusted caller.
   *
   * @throws Problem 401 if it is neither
   */
  public @Nullable AccessToken signedInOrTrusted(Context ctx) {
    return serviceKey.isIn(ctx) ? null : signedIn(ctx);
  }

  /**
   * The listener who is signed in, or whom a trusted caller names.
   *
   * @throws Problem 401 without a token that is good now or the key and a name, 422 if the name is
   *     not a UUID
   */
  public UUID user(Context ctx) {
    if (!serviceKey.isIn(ctx)) {
      return signedIn(ctx).userId();
    }
    String user = ctx.header(USER);
    if (user == null) {
      throw ServiceKey.unauthorized("Name the listener in the header " + USER);
    }
    return Ids.parse(USER, user);
  }

  /**
   * The listener whom a trusted caller names; null where nobody is named.
   *
   * @throws Problem 401 if it is not a trusted caller who names one, 422 if the name is not a UUID
   */
  public @Nullable UUID named(Context ctx) {
    String user = ctx.header(USER);
    if (user == null) {
      return null;
    }
    if (!serviceKey.isIn(ctx)) {
      throw ServiceKey.unauthorized("Only with the service key may " + USER + " name a listener");
    }
    return Ids.parse(USER, user);
  }

  /**
   * The listener who is signed in.
   *
   * @throws Problem 401 without a token that is good now
   * @throws TooManyRequestsException if there were too many of the account
   */
  public AccessToken signedIn(Context ctx) {
    String authorization = ctx.header("Authorization");
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw ServiceKey.unauthorized("Send an access token as Authorization: Bearer");
    }
    try {
      AccessToken token =
          changes
              .now(tokens.verify(authorization.substring(SCHEME.length()).strip()), clock.instant())
              .orElseThrow(() -> invalid("The session is over; sign in again"));
      limits.account(ctx, token.userId());
      return token;
    } catch (InvalidTokenException e) {
      throw invalid(String.valueOf(e.getMessage()));
    } catch (PublicKeys.UnavailableException e) {
      throw Problem.unavailable("Tokens cannot be checked at the moment; nothing was changed");
    }
  }

  private static Problem invalid(String detail) {
    return new Problem(401, detail)
        .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  }
}
