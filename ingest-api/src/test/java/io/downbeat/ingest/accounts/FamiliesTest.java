package io.downbeat.ingest.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.accounts.Families.Admission;
import io.downbeat.ingest.accounts.Families.Admission.Admitted;
import io.downbeat.ingest.accounts.Families.Admission.Refused;
import io.downbeat.ingest.accounts.Family.Invitation;
import io.downbeat.ingest.accounts.Family.Member;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What may become of a family, and of those who are in it. */
final class FamiliesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final UUID OWNER = UUID.fromString("6f2c1b1c-1b0e-4a63-9d0e-6f0b7f5f3b11");
  private static final UUID USER = UUID.fromString("0b7c6f0e-51c4-4f6b-9f31-7a0f3a1f0a01");
  private static final UUID INVITATION = UUID.fromString("3f7d1c52-6a3c-4d6b-a4b8-0c1d7e2f5a04");
  private static final Paid FAMILY = new Paid(Plan.FAMILY, NOW, NOW.plusSeconds(3_600), NOW);

  @Test
  void onlyWhoPaysForAFamilyInvites() {
    assertRefused(409, () -> Families.invite(family(Paid.NOTHING), INVITATION, NOW));
    Family over = family(FAMILY);
    assertRefused(409, () -> Families.invite(over, INVITATION, NOW.plusSeconds(3_600)));
    Family member = new Family(member(1), Map.of(), Map.of());
    assertRefused(409, () -> Families.invite(member, INVITATION, NOW));
    Family gone = new Family(over.owner().with(State.DELETING), Map.of(), Map.of());
    assertRefused(401, () -> Families.invite(gone, INVITATION, NOW));

    Decision<Invitation> made = Families.invite(over, INVITATION, NOW);
    assertThat(made).isInstanceOf(Decision.Change.class);
    assertThat(made.answer())
        .isEqualTo(new Invitation(INVITATION, Instant.parse("2026-03-08T12:00:00Z"), true));
  }

  @Test
  void anInvitationSentAgainIsTheSameAndNeverOpensTwice() {
    Family open = with(family(FAMILY), open(INVITATION));
    Family closed = with(family(FAMILY), open(INVITATION).closed());

    assertThat(Families.invite(open, INVITATION, NOW))
        .isEqualTo(new Decision.Stay<>(open(INVITATION)));
    assertRefused(409, () -> Families.invite(closed, INVITATION, NOW));
  }

  @Test
  void anInvitationHoldsAPlaceUntilItsTimeIsOver() {
    Family full = family(new Paid(Plan.FAMILY, NOW, null, NOW));
    for (int i = 0; i < 5; i++) {
      full = with(full, open(UUID.randomUUID()));
    }
    Family invited = full;

    assertRefused(409, () -> Families.invite(invited, INVITATION, NOW));
    Instant later = NOW.plus(Families.INVITATION_LENGTH);
    Decision<Invitation> made = Families.invite(invited, INVITATION, later);
    assertThat(((Decision.Change<Invitation>) made).rows())
        .as("five that are over go, and one comes")
        .hasSize(6);
  }

  @Test
  void whoWithdrawsWithoutEndIsStopped() {
    Family family = family(FAMILY);
    for (int i = 0; i < Families.MOST_INVITATIONS; i++) {
      family = with(family, open(UUID.randomUUID()).closed());
    }
    Family busy = family;

    assertRefused(409, () -> Families.invite(busy, INVITATION, NOW));
  }

  @Test
  void whoIsInAFamilyOrOwnsOneCannotAskForAnother() {
    Family in = new Family(member(1), Map.of(), Map.of());
    assertRefused(409, () -> Families.ask(in, UUID.randomUUID(), UUID.randomUUID(), NOW));
    assertThat(Families.ask(in, OWNER, INVITATION, NOW)).isInstanceOf(Decision.Stay.class);
    Family asking = new Family(asking(), Map.of(), Map.of());
    assertRefused(409, () -> Families.ask(asking, OWNER, UUID.randomUUID(), NOW));
    UUID other = UUID.randomUUID();
    assertRefused(409, () -> Families.ask(family(FAMILY), other, INVITATION, NOW));
    Family lapsed = with(family(Paid.NOTHING), new Member(USER, INVITATION, NOW));
    assertRefused(409, () -> Families.ask(lapsed, other, INVITATION, NOW));
    assertRefused(409, () -> Families.ask(family(Paid.NOTHING), OWNER, INVITATION, NOW));
  }

  @Test
  void anInvitationIsGoodOnce() {
    Family family = with(family(FAMILY), open(INVITATION));

    Admitted in = (Admitted) Families.admit(family, USER, INVITATION, NOW).answer();
    assertThat(in.version()).isEqualTo(family.version() + 1);
    assertThat(in.paid()).isEqualTo(FAMILY);

    Family after = with(with(family, open(INVITATION).closed()), new Member(USER, INVITATION, NOW));
    assertThat(Families.admit(after, USER, INVITATION, NOW))
        .isEqualTo(new Decision.Stay<>(new Admitted(after.version(), FAMILY)));
    assertRefused(410, Families.admit(after, UUID.randomUUID(), INVITATION, NOW));
  }

  @Test
  void nobodyComesByAnInvitationThatIsOverOrToAFamilyThatIsNotPaidFor() {
    Family family = with(family(FAMILY), open(INVITATION));
    Family lapsed = with(family(Paid.NOTHING), open(INVITATION));
    Family gone = new Family(family.owner().with(State.DELETING), Map.of(), family.invitations());

    assertRefused(
        410, Families.admit(family, USER, INVITATION, NOW.plus(Families.INVITATION_LENGTH)));
    assertRefused(410, Families.admit(family, USER, UUID.randomUUID(), NOW));
    assertRefused(409, Families.admit(lapsed, USER, INVITATION, NOW));
    assertRefused(410, Families.admit(gone, USER, INVITATION, NOW));
  }

  @Test
  void whatAMemberHearsLastIsWhatTheOwnerPaidLast() {
    Paid premium = new Paid(Plan.PREMIUM, NOW, null, NOW);
    Account member = member(5);
    assertThat(member.planAt(NOW)).isEqualTo(Plan.FAMILY);

    Decision<Boolean> later = Families.hear(member, OWNER, INVITATION, 7, premium, NOW);
    assertThat(later).isInstanceOf(Decision.Change.class);
    assertThat(((Decision.Change<Boolean>) later).events())
        .singleElement()
        .satisfies(event -> assertThat(((AccountChange) event).getFamily()).isNull());
    assertThat(Families.hear(member(7), OWNER, INVITATION, 6, premium, NOW))
        .as("of an earlier version")
        .isEqualTo(new Decision.Stay<>(true));
    assertThat(Families.hear(member, OWNER, UUID.randomUUID(), 9, FAMILY, NOW))
        .as("of another invitation")
        .isEqualTo(new Decision.Stay<>(false));
    assertThat(Families.hear(member.inFamily(null), OWNER, INVITATION, 9, FAMILY, NOW))
        .as("nobody becomes a member by hearing")
        .isEqualTo(new Decision.Stay<>(false));
  }

  @Test
  void nobodyLeavesByWhatWasReadBeforeItCame() {
    assertThat(Families.leave(member(7), OWNER, INVITATION, 6, NOW))
        .isInstanceOf(Decision.Stay.class);
    assertThat(Families.leave(member(7), OWNER, UUID.randomUUID(), 9, NOW))
        .isInstanceOf(Decision.Stay.class);
    assertThat(Families.leave(member(7), OWNER, INVITATION, 8, NOW))
        .isInstanceOf(Decision.Change.class);
  }

  @Test
  void othersHearWhoseFamilyItIsAndNothingOfWhoOnlyAsks() {
    Decision<Account> asked = Families.ask(family(USER, Paid.NOTHING), OWNER, INVITATION, NOW);
    assertThat(((Decision.Change<Account>) asked).events()).isEmpty();

    Decision<Boolean> in = Families.hear(asked.answer(), OWNER, INVITATION, 3, FAMILY, NOW);
    assertThat(((Decision.Change<Boolean>) in).events())
        .singleElement()
        .satisfies(
            event -> {
              AccountChange change = (AccountChange) event;
              assertThat(change.getFamily().getOwnerId()).isEqualTo(OWNER);
              assertThat(change.getFamily().getPlanFrom()).isEqualTo(FAMILY.from());
              assertThat(change.getFamily().getPlanUntil()).isEqualTo(FAMILY.until());
            });
  }

  /** Each number is something that somebody does. */
  @Property
  void thereAreNeverMoreThanSixAndNobodyComesWithoutAnOpenInvitation(
      @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 99) Integer> acts) {
    Family family = family(new Paid(Plan.FAMILY, NOW, null, NOW));
    Instant now = NOW;
    for (int act : acts) {
      UUID user = new UUID(1, act % 9);
      UUID invitation = new UUID(2, act % 7);
      Family before = family;
      switch (act % 5) {
        case 0, 1 -> family = invited(before, new UUID(2, act), now);
        case 2 -> {
          Decision<Admission> decision = Families.admit(before, user, invitation, now);
          if (decision instanceof Decision.Change) {
            Invitation used = before.invitations().get(invitation);
            assertThat(used.isOpen(now)).isTrue();
            family = with(with(before, used.closed()), new Member(user, invitation, now));
          }
        }
        case 3 -> {
          if (Families.remove(before, user).answer()) {
            Map<UUID, Member> fewer = new HashMap<>(before.members());
            fewer.remove(user);
            family = new Family(before.owner(), fewer, before.invitations());
          }
        }
        default -> {
          if (Families.withdraw(before, invitation).answer()) {
            family = with(before, before.invitations().get(invitation).closed());
          }
          now = now.plusSeconds(act * 3_600L);
        }
      }
      assertThat(1 + family.members().size()).isLessThanOrEqualTo(Family.MOST);
      assertThat(family.size(now)).isLessThanOrEqualTo(Family.MOST);
    }
  }

  private static Family invited(Family family, UUID invitation, Instant now) {
    try {
      return with(family, Families.invite(family, invitation, now).answer());
    } catch (Problem refused) {
      assertThat(refused.status()).isEqualTo(409);
      return family;
    }
  }

  private static Account member(long heard) {
    return account(USER, Paid.NOTHING).inFamily(new Membership(OWNER, INVITATION, heard, FAMILY));
  }

  private static Account asking() {
    return account(USER, Paid.NOTHING).inFamily(Membership.asked(OWNER, INVITATION));
  }

  private static Account account(UUID user, Paid paid) {
    return Accounts.signUp(Account.none(user), user + "@example.org", "kept", "Lior", "IL", NOW)
        .answer()
        .with(paid);
  }

  private static Family family(Paid paid) {
    return family(OWNER, paid);
  }

  private static Family family(UUID owner, Paid paid) {
    return new Family(account(owner, paid), Map.of(), Map.of());
  }

  private static Invitation open(UUID invitation) {
    return new Invitation(invitation, NOW.plus(Families.INVITATION_LENGTH), true);
  }

  private static Family with(Family family, Invitation invitation) {
    Map<UUID, Invitation> all = new HashMap<>(family.invitations());
    all.put(invitation.invitationId(), invitation);
    return new Family(family.owner(), family.members(), all);
  }

  private static Family with(Family family, Member member) {
    Map<UUID, Member> all = new HashMap<>(family.members());
    all.put(member.userId(), member);
    return new Family(family.owner(), all, family.invitations());
  }

  private static void assertRefused(int status, Runnable decision) {
    assertThatThrownBy(decision::run)
        .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  private static void assertRefused(int status, Decision<Admission> decision) {
    assertThat(decision).isInstanceOf(Decision.Stay.class);
    assertThat(decision.answer())
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.why().status()).isEqualTo(status));
  }
}
