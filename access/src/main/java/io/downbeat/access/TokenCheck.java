package io.downbeat.access;

import io.downbeat.access.InvalidTokenException.Reason;
import java.time.Clock;

/** Who a token speaks for, by all that is known now. Thread-safe. */
@FunctionalInterface
public interface TokenCheck {

  /**
   * The token with the plan that counts now.
   *
   * @throws InvalidTokenException also if its session is over
   * @throws PublicKeys.UnavailableException if its key is not known and the keys cannot be read
   */
  AccessToken check(String jwt) throws InvalidTokenException;

  static TokenCheck of(AccessTokens tokens, AccountChanges changes, Clock clock) {
    return jwt ->
        changes
            .now(tokens.verify(jwt), clock.instant())
            .orElseThrow(() -> new InvalidTokenException(Reason.REVOKED));
  }
}
