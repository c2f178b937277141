package io.downbeat.serving.accounts;

import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A listener's account, as far as the listener may see it. */
public record Account(
    UUID userId,
    @Nullable String email,
    @Nullable String name,
    @Nullable String country,
    @Nullable Instant createdAt,
    Subscribed subscribed) {

  /**
   * A plan and when it counts.
   *
   * @param from null: since ever
   * @param until excluded; null: until further notice
   */
  public record Subscribed(Plan plan, @Nullable Instant from, @Nullable Instant until) {
    Plan at(Instant time) {
      return plan.at(time, from, until);
    }
  }
}
