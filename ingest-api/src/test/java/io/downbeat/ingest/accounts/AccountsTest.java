package io.downbeat.ingest.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.ingest.accounts.Account.DeviceType;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.accounts.Accounts.Opened;
import io.downbeat.ingest.accounts.RefreshTokens.RefreshToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.rules.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may become of an account. */
final class AccountsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final UUID USER = UUID.fromString("6f2c1b1c-1b0e-4a63-9d0e-6f0b7f5f3b11");

  @Test
  void aTokenOfTheNewestGenerationMakesTheNext() {
    Opened first = signIn(account(), "key 1").answer();
    Opened second = refresh(first.account(), first, 1, "key 2").answer();

    assertThat(second.session()).isNotNull();
    assertThat(second.session().generation()).isEqualTo(2);
    assertThat(second.session().sessionId()).isEqualTo(first.session().sessionId());
    assertThat(refresh(second.account(), first, 2, "key 3").answer().session().generation())
        .isEqualTo(3);
  }

  @Test
  void aTokenUsedTwiceEndsTheSession() {
    Opened first = signIn(account(), "key 1").answer();
    Opened second = refresh(first.account(), first, 1, "owner").answer();

    Opened reused = refresh(second.account(), first, 1, "thief").answer();

    assertThat(reused.session()).isNull();
    assertThatThrownBy(() -> refresh(reused.account(), first, 2, "owner again"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("sign in again");
  }

  @Test
  void aRefreshWhoseAnswerGotLostIsAnsweredAgainToTheSameKey() {
    Opened first = signIn(account(), "key 1").answer();
    Opened second = refresh(first.account(), first, 1, "key 2").answer();

    Decision<Opened> again = refresh(second.account(), first, 1, "key 2");

    assertThat(again).isInstanceOf(Decision.Stay.class);
    assertThat(again.answer()).isEqualTo(second);
  }

  @Test
  void aSignInSentAgainOpensTheSameSession() {
    Decision<Opened> once = signIn(account(), "key 1");
    Decision<Opened> again = signIn(once.answer().account(), "key 1");

    assertThat(again).isInstanceOf(Decision.Stay.class);
    assertThat(again.answer()).isEqualTo(once.answer());
  }

  @Test
  void noSessionOutlivesItsTime() {
    Opened first = signIn(account(), "key 1").answer();
    Instant later = NOW.plus(Accounts.SESSION_LENGTH);

    assertThatThrownBy(
            () ->
                Accounts.refresh(
                    first.account(), new RefreshToken(USER, session(first), 1), "key", later))
        .isInstanceOf(Problem.class);
  }

  @Test
  void signingInWhereThereIsNoRoomNamesTheDevices() {
    Account account = account();
    for (int i = 0; i < Plan.FREE.devices(); i++) {
      account = signIn(account, "key " + i).answer().account();
    }
    Account full = account;

    assertThatThrownBy(() -> signIn(full, "one more"))
        .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.status()).isEqualTo(409));
    UUID oldest = full.devicesByActivity().get(0).deviceId();
    Account after =
        Accounts.signIn(full, "kept", device(oldest), "instead", NOW).answer().account();
    assertThat(after.devices()).hasSize(Plan.FREE.devices()).doesNotContainKey(oldest);
  }

  @Test
  void aNewPasswordEndsAllSessionsButTheCallers() {
    Opened one = signIn(account(), "key 1").answer();
    Opened two = signIn(one.account(), "key 2").answer();

    Account after =
        Accounts.changePassword(two.account(), "kept", "other", two.deviceId(), NOW).answer();

    assertThat(after.deviceOf(session(one))).isEmpty();
    assertThat(after.deviceOf(session(two))).isPresent();
    assertThatThrownBy(() -> signIn(after, "key 3"))
        .as("with the old password")
        .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.status()).isEqualTo(401));
  }

  @Test
  void theNewestWordOfTheBillingSystemCountsWhateverComesLast() {
    Paid premium = new Paid(Plan.PREMIUM, NOW, NOW.plus(Duration.ofDays(30)), NOW);
    Paid earlier = new Paid(Plan.STUDENT, NOW, null, NOW.minusSeconds(1));

    Account paid = Accounts.subscribe(account(), UUID.randomUUID(), premium, null, NOW).answer();
    Decision<Account> late = Accounts.subscribe(paid, UUID.randomUUID(), earlier, null, NOW);

    assertThat(late.answer().paid()).isEqualTo(premium);
    assertThat(((Decision.Change<Account>) late).events()).as("nobody else cares").isEmpty();
    assertThat(late.answer().paid().at(NOW)).isEqualTo(Plan.PREMIUM);
    assertThat(late.answer().paid().at(NOW.plus(Duration.ofDays(30)))).isEqualTo(Plan.FREE);
    assertThat(late.answer().paid().at(NOW.minusSeconds(1))).isEqualTo(Plan.FREE);
  }

  @Test
  void anEventOfTheBillingSystemChangesNothingTheSecondTime() {
    Paid premium = new Paid(Plan.PREMIUM, NOW, null, NOW);
    UUID event = UUID.randomUUID();

    assertThat(Accounts.subscribe(account(), event, premium, premium, NOW))
        .isInstanceOf(Decision.Stay.class);
    assertThatThrownBy(() -> Accounts.subscribe(account(), event, premium, Paid.NOTHING, NOW))
        .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.status()).isEqualTo(409));
  }

  @Test
  void deletionEndsEverySessionAtOnceAndThenLeavesNothing() {
    Account in = signIn(account(), "key 1").answer().account();

    Account marked = Accounts.beginDeletion(in, "kept", NOW).answer();
    assertThat(marked.devices().values()).allMatch(device -> device.session() == null);
    assertThatThrownBy(() -> signIn(marked, "key 2")).isInstanceOf(Problem.class);

    Account gone = Accounts.endDeletion(marked, NOW).answer();
    assertThat(gone)
        .isEqualTo(Account.none(USER).with(State.DELETED).ofVersion(marked.version() + 1));
  }

  /** Each number is something that somebody does. */
  @Property
  void neverMoreDevicesThanThePlanAllowsAndOthersHearOfEachThatMatters(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 6) Integer> acts) {
    Account account = account();
    @Nullable Opened last = null;
    int step = 0;
    for (int act : acts) {
      String key = "key " + step++;
      Account before = account;
      try {
        Opened opened = last;
        Decision<?> decision =
            switch (act) {
              case 0, 1 -> signIn(before, key);
              case 2 -> Accounts.addDevice(before, device(null), key, NOW);
              case 3 ->
                  opened == null || opened.session() == null
                      ? new Decision.Stay<>(before)
                      : refresh(before, opened, opened.session().generation(), key);
              case 4 -> Accounts.signOutEverywhere(before, NOW);
              case 5 ->
                  before.devices().isEmpty()
                      ? new Decision.Stay<>(before)
                      : Accounts.removeDevice(
                          before, before.devicesByActivity().get(0).deviceId(), NOW);
              default -> Accounts.changeProfile(before, "name " + key, null, NOW);
            };
        account = after(before, decision);
        if (decision.answer() instanceof Opened now) {
          last = now;
        }
        if (decision instanceof Decision.Change<?> change) {
          assertThat(account.version()).isEqualTo(before.version() + 1);
          boolean matters = !publicly(before).equals(publicly(account));
          assertThat(change.events()).hasSize(matters ? 1 : 0);
          change.events().forEach(event -> assertThat(event).isInstanceOf(AccountChange.class));
        }
      } catch (Problem refused) {
        assertThat(refused.status()).isIn(401, 409);
      }
      assertThat(account.devices()).hasSizeLessThanOrEqualTo(Plan.FREE.devices());
    }
  }

  private static List<?> publicly(Account account) {
    return account.devices().values().stream()
        .map(
            device ->
                List.of(
                    device.deviceId(),
                    device.type(),
                    device.session() == null ? "" : device.session().sessionId()))
        .sorted(java.util.Comparator.comparing(Object::toString))
        .toList();
  }

  private static Account after(Account before, Decision<?> decision) {
    Object answer = decision.answer();
    if (decision instanceof Decision.Stay) {
      return before;
    }
    if (answer instanceof Opened opened) {
      return opened.account();
    }
    return answer instanceof Account account
        ? account
        : before.with((Account.Device) answer).ofVersion(before.version() + 1);
  }

  private static Account account() {
    return Accounts.signUp(Account.none(USER), "lior@example.org", "kept", "Lior", "IL", NOW)
        .answer();
  }

  private static Decision<Opened> signIn(Account account, String key) {
    return Accounts.signIn(account, "kept", device(null), key, NOW);
  }

  private static NewDevice device(@Nullable UUID replaces) {
    return new NewDevice(null, DeviceType.MOBILE, "phone", replaces);
  }

  private static Decision<Opened> refresh(
      Account account, Opened opened, int generation, String key) {
    return Accounts.refresh(account, new RefreshToken(USER, session(opened), generation), key, NOW);
  }

  private static UUID session(Opened opened) {
    assertThat(opened.session()).isNotNull();
    return opened.session().sessionId();
  }
}
