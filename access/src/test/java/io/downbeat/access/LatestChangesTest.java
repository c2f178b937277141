package io.downbeat.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountFamily;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import io.downbeat.schemas.rules.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What changes of an account do to its tokens. */
final class LatestChangesTest {
  private static final Instant NOW = Instant.parse("2026-03-10T15:42:07Z");
  private static final UUID USER = UUID.randomUUID();
  private static final UUID DEVICE = UUID.randomUUID();
  private static final UUID SESSION = UUID.randomUUID();

  private final AtomicLong nanos = new AtomicLong();
  private final LatestChanges changes = new LatestChanges(100, nanos::get);

  private static AccessToken token(long version) {
    return new AccessToken(USER, DEVICE, SESSION, Plan.PREMIUM, version, NOW.plusSeconds(900));
  }

  private static AccountChange.Builder change(long version, UUID... sessions) {
    return AccountChange.newBuilder()
        .setUserId(USER)
        .setVersion(version)
        .setState(AccountState.ACTIVE)
        .setPlan(AccountPlan.FREE)
        .setDevices(
            Stream.of(sessions)
                .map(each -> new AccountDevice(UUID.randomUUID(), DeviceType.WEB, each))
                .toList())
        .setChangedAt(NOW);
  }

  @Test
  void aTokenOfAnUnchangedAccountStaysAsItIs() {
    assertThat(changes.now(token(1), NOW)).contains(token(1));
  }

  @Test
  void aChangeDecidesOverOlderTokensOnly() {
    changes.put(change(5, SESSION).build());

    assertThat(changes.now(token(4), NOW)).contains(token(4).withPlan(Plan.FREE));
    assertThat(changes.now(token(5), NOW)).contains(token(5));
    assertThat(changes.now(token(6), NOW)).contains(token(6));
  }

  @Test
  void theFamilysPlanCountsWhileItIsPaidForAndThenTheAccountsOwn() {
    changes.put(
        change(5, SESSION)
            .setPlan(AccountPlan.STUDENT)
            .setFamily(new AccountFamily(UUID.randomUUID(), NOW, NOW.plusSeconds(60)))
            .build());

    assertThat(changes.now(token(4), NOW)).contains(token(4).withPlan(Plan.FAMILY));
    assertThat(changes.now(token(4), NOW.minusMillis(1))).contains(token(4).withPlan(Plan.STUDENT));
    assertThat(changes.now(token(4), NOW.plusSeconds(60)))
        .contains(token(4).withPlan(Plan.STUDENT));
  }

  @Test
  void aSessionThatIsNotListedIsOver() {
    changes.put(change(5, UUID.randomUUID()).build());
    assertThat(changes.now(token(4), NOW)).isEmpty();
    changes.put(change(6).build());
    assertThat(changes.now(token(5), NOW)).isEmpty();
    assertThat(changes.now(token(6), NOW)).isPresent();
  }

  @Test
  void aDeviceThatIsSignedOutHasNoSession() {
    changes.put(
        change(5)
            .setDevices(List.of(new AccountDevice(UUID.randomUUID(), DeviceType.TV, null)))
            .build());

    assertThat(changes.now(token(4), NOW)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = AccountState.class, names = "ACTIVE", mode = EnumSource.Mode.EXCLUDE)
  void anAccountThatIsNotActiveHasNoSessions(AccountState state) {
    changes.put(change(5, SESSION).setState(state).build());

    assertThat(changes.now(token(4), NOW)).isEmpty();
  }

  @Test
  void aPlanCountsFromItsBeginningUpToItsEnd() {
    Instant from = NOW.plusSeconds(10);
    Instant until = NOW.plusSeconds(20);
    changes.put(
        change(5, SESSION)
            .setPlan(AccountPlan.FAMILY)
            .setPlanFrom(from)
            .setPlanUntil(until)
            .build());

    assertThat(planAt(from.minusMillis(1))).isEqualTo(Plan.FREE);
    assertThat(planAt(from)).isEqualTo(Plan.FAMILY);
    assertThat(planAt(until.minusMillis(1))).isEqualTo(Plan.FAMILY);
    assertThat(planAt(until)).isEqualTo(Plan.FREE);

    changes.put(change(6, SESSION).setPlan(AccountPlan.STUDENT).build());
    assertThat(planAt(NOW)).isEqualTo(Plan.STUDENT);
    changes.put(change(7, SESSION).setPlan(AccountPlan.UNKNOWN).build());
    assertThat(planAt(NOW)).isEqualTo(Plan.FREE);
  }

  private Plan planAt(Instant now) {
    return changes.now(token(4), now).orElseThrow().plan();
  }

  @Property
  void theHighestVersionWinsInWhateverOrderAndHoweverOften(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 12) Integer> versions) {
    LatestChanges any = new LatestChanges(100, Ticker.systemTicker());
    // The odd versions list the session, the even ones end it.
    versions.forEach(
        version ->
            any.put((version % 2 == 1 ? change(version, SESSION) : change(version)).build()));
    int highest = versions.stream().mapToInt(Integer::intValue).max().orElseThrow();

    Optional<AccessToken> now = any.now(token(0), NOW);

    assertThat(now.isPresent()).isEqualTo(highest % 2 == 1);
    assertThat(any.now(token(highest), NOW)).contains(token(highest));
    assertThat(any.now(token(highest - 1), NOW).isPresent()).isEqualTo(highest % 2 == 1);
  }

  @Test
  void itIsForgottenOnceNoOlderTokenCanLive() {
    Duration longest = AccessTokens.LIFETIME.plus(AccessTokens.SKEW);
    assertThat(LatestChanges.KEPT).isGreaterThan(longest);
    changes.put(change(5).build());

    nanos.set(longest.toNanos());
    assertThat(changes.now(token(4), NOW)).isEmpty();
    nanos.set(LatestChanges.KEPT.toNanos());
    assertThat(changes.now(token(4), NOW)).isPresent();
  }

  @Test
  void whatDoesNotFitIsCounted() {
    List<AccountChange> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(change(1).setUserId(UUID.randomUUID()).build());
    }

    many.subList(0, 100).forEach(changes::put);
    assertThat(changes.dropped()).isZero();
    many.forEach(changes::put);
    assertThat(changes.dropped()).isGreaterThanOrEqualTo(400);
  }
}
