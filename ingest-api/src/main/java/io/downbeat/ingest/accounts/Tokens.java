package io.downbeat.ingest.accounts;

import io.downbeat.access.AccessToken;
import io.downbeat.access.AccessTokens;
import io.downbeat.ingest.accounts.Account.Session;
import io.downbeat.ingest.accounts.RefreshTokens.RefreshToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives out the tokens of an open session. Thread-safe. */
public final class Tokens {

  /** What a client keeps of a session. */
  record Given(
      UUID userId,
      UUID deviceId,
      String accessToken,
      String tokenType,
      long expiresIn,
      String refreshToken) {}

  private final SigningKeys keys;
  private final RefreshTokens refreshTokens;
  private final Duration life;
  private final Clock clock;

  /**
   * @param life of an access token
   */
  public Tokens(SigningKeys keys, RefreshTokens refreshTokens, Duration life, Clock clock) {
    this.keys = keys;
    this.refreshTokens = refreshTokens;
    this.life = life;
    this.clock = clock;
  }

  /** No access token outlives the plan that stands in it, nor one that would count then. */
  Given give(Account account, UUID deviceId, Session session) {
    Instant now = clock.instant();
    Account.Membership membership = account.membership();
    Instant end = earlier(now.plus(life), account.paid().until(), now);
    Instant expiresAt = membership == null ? end : earlier(end, membership.paid().until(), now);
    AccessToken token =
        new AccessToken(
            account.userId(),
            deviceId,
            session.sessionId(),
            account.planAt(now),
            account.version(),
            expiresAt);
    return new Given(
        account.userId(),
        deviceId,
        AccessTokens.sign(token, keys.newest(), now),
        "Bearer",
        Duration.between(now, expiresAt).toSeconds(),
        refreshTokens.write(
            new RefreshToken(account.userId(), session.sessionId(), session.generation())));
  }

  private static Instant earlier(Instant end, @Nullable Instant planEnds, Instant now) {
    return planEnds != null && planEnds.isAfter(now) && planEnds.isBefore(end) ? planEnds : end;
  }
}
