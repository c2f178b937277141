package io.downbeat.access;

import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.UUID;

/**
 * What an access token says: a listener, signed in on a device.
 *
 * @param version of the account when the token was issued
 * @param expiresAt in whole seconds once it was signed
 */
public record AccessToken(
    UUID userId, UUID deviceId, UUID sessionId, Plan plan, long version, Instant expiresAt) {

  AccessToken withPlan(Plan other) {
    return new AccessToken(userId, deviceId, sessionId, other, version, expiresAt);
  }
}
