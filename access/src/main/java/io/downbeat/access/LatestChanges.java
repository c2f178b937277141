package io.downbeat.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountFamily;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.rules.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Of each account that changed lately the change of the highest version, whatever order they come
 * in and however often. Each is kept for as long as a token can be that is older. Thread-safe.
 */
final class LatestChanges {

  /** Longer than any token lives that is older than a change, by any clock. */
  static final Duration KEPT = Duration.ofMinutes(16);

  private static final int MOST = 1_000_000;

  /** What of a change decides over a token. */
  private record Change(
      long version,
      boolean active,
      Plan plan,
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable AccountFamily family,
      Set<UUID> sessions) {

    static Change of(AccountChange change) {
      return new Change(
          change.getVersion(),
          change.getState() == AccountState.ACTIVE,
          plan(change.getPlan()),
          change.getPlanFrom(),
          change.getPlanUntil(),
          change.getFamily(),
          change.getDevices().stream()
              .map(AccountDevice::getSessionId)
              .filter(Objects::nonNull)
              .collect(Collectors.toUnmodifiableSet()));
    }

    Plan planAt(Instant time) {
      boolean inFamily =
          family != null
              && Plan.FAMILY.at(time, family.getPlanFrom(), family.getPlanUntil()) == Plan.FAMILY;
      return inFamily ? Plan.FAMILY : plan.at(time, from, until);
    }

    /** One that this code does not know yet allows nothing that must be paid for. */
    private static Plan plan(AccountPlan plan) {
      return switch (plan) {
        case PREMIUM -> Plan.PREMIUM;
        case FAMILY -> Plan.FAMILY;
        case STUDENT -> Plan.STUDENT;
        case FREE, UNKNOWN -> Plan.FREE;
      };
    }
  }

  private final Cache<UUID, Change> changes;
  private final AtomicLong dropped = new AtomicLong();

  LatestChanges() {
    this(MOST, Ticker.systemTicker());
  }

  LatestChanges(int most, Ticker ticker) {
    this.changes =
        Caffeine.newBuilder()
            .maximumSize(most)
            .expireAfterWrite(KEPT)
            .evictionListener(
                (@Nullable UUID user, @Nullable Change change, RemovalCause cause) -> {
                  if (cause == RemovalCause.SIZE) {
                    dropped.incrementAndGet();
                  }
                })
            .executor(Runnable::run)
            .ticker(ticker)
            .build();
  }

  void put(AccountChange change) {
    changes
        .asMap()
        .merge(
            change.getUserId(),
            Change.of(change),
            (known, next) -> next.version() > known.version() ? next : known);
  }

  /** Changes that were forgotten early, for want of room. */
  long dropped() {
    return dropped.get();
  }

  /** The token as it counts now; empty if its session is over. */
  Optional<AccessToken> now(AccessToken token, Instant now) {
    Change change = changes.getIfPresent(token.userId());
    if (change == null || change.version() <= token.version()) {
      return Optional.of(token);
    }
    return change.active() && change.sessions().contains(token.sessionId())
        ? Optional.of(token.withPlan(change.planAt(now)))
        : Optional.empty();
  }
}
