package io.downbeat.serving.accounts;

import io.downbeat.serving.accounts.Account.Subscribed;
import java.time.Instant;
import java.util.List;

/**
 * What a listener pays for, or is in the family of.
 *
 * @param history newest first
 */
public record Subscription(Account account, List<Told> history) {

  /** What the billing system said, and when. */
  public record Told(Instant toldAt, Subscribed subscribed) {}
}
