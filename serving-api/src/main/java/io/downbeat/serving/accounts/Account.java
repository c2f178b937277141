package io.downbeat.serving.accounts;

import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A listener's account, as far as the listener may see it.
 *
 * @param subscribed what the listener pays for
 * @param membership null if the listener is in nobody else's family
 */
public record Account(
    UUID userId,
    @Nullable String email,
    @Nullable String name,
    @Nullable String country,
    @Nullable Instant createdAt,
    Subscribed subscribed,
    @Nullable Membership membership) {

  /** That the listener is in the family of another, with what that one pays for. */
  public record Membership(UUID ownerId, Subscribed subscribed) {}

  /**
   * A plan and when it counts.
   *
   * @param from null: since ever
   * @param until excluded; null: until further notice
   */
  public record Subscribed(Plan plan, @Nullable Instant from, @Nullable Instant until) {
    public Plan at(Instant time) {
      return plan.at(time, from, until);
    }
  }

  /** What counts at a time: the plan of the family before the listener's own. */
  public Subscribed at(Instant time) {
    return membership != null && membership.subscribed().at(time) == Plan.FAMILY
        ? membership.subscribed()
        : subscribed;
  }
}
