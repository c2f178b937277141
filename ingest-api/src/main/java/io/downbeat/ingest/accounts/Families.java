package io.downbeat.ingest.accounts;

import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Family.Invitation;
import io.downbeat.ingest.accounts.Family.Member;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What may become of a family: decisions about the owner's partition, which holds who is in it, and
 * about a member's, which holds whose family it is in and what that gives. Each sees when it is
 * carried out already.
 *
 * <p>A membership begins with the member, who asks; whatever comes later only changes the
 * membership of that invitation, so that nothing that comes late makes one anew.
 */
final class Families {
  static final Duration INVITATION_LENGTH = Duration.ofDays(7);

  /** Most invitations within the time of one, whatever became of them. */
  static final int MOST_INVITATIONS = 50;

  /** What the owner's partition says to who asks to be let in. */
  sealed interface Admission {

    /** Of the owner's account. */
    long version();

    record Admitted(long version, Paid paid) implements Admission {}

    record Refused(long version, Problem why) implements Admission {}
  }

  private Families() {}

  static Decision<Invitation> invite(Family family, UUID invitationId, Instant now) {
    Account owner = Accounts.active(family.owner());
    Invitation known = family.invitations().get(invitationId);
    if (known != null && !known.isOpen(now)) {
      throw new Problem(409, "This Idempotency-Key was used for an invitation that is no more");
    }
    if (known != null) {
      return new Decision.Stay<>(known);
    }
    if (owner.membership() != null) {
      throw new Problem(409, "You are in a family already; only its owner can invite");
    }
    if (!family.isPaid(now)) {
      throw new Problem(
          409,
          "With plan %s nobody can be invited; that takes plan family"
              .formatted(owner.planAt(now).key()));
    }
    if (family.size(now) >= Family.MOST) {
      throw new Problem(
          409,
          "A family has at most %d members, with you and those who are invited; remove one or"
                  .formatted(Family.MOST)
              + " withdraw an invitation");
    }
    List<Write> rows = new ArrayList<>();
    for (Invitation each : family.invitations().values()) {
      if (!now.isBefore(each.expiresAt())) {
        rows.add(family.remove(each));
      }
    }
    if (family.invitations().size() - rows.size() >= MOST_INVITATIONS) {
      throw new Problem(
          409,
          "At most %d invitations can be made within %d days"
              .formatted(MOST_INVITATIONS, INVITATION_LENGTH.toDays()));
    }
    Invitation made = new Invitation(invitationId, now.plus(INVITATION_LENGTH), true);
    rows.add(family.put(made));
    return new Decision.Change<>(rows, List.of(), made);
  }

  /** The answer is whether it was open. */
  static Decision<Boolean> withdraw(Family family, UUID invitationId) {
    Accounts.active(family.owner());
    Invitation known = family.invitations().get(invitationId);
    return known == null || !known.open()
        ? new Decision.Stay<>(false)
        : new Decision.Change<>(List.of(family.put(known.closed())), List.of(), true);
  }

  /**
   * Of who wants to join.
   *
   * @param own the family that this account might own
   */
  static Decision<Account> ask(Family own, UUID ownerId, UUID invitationId, Instant now) {
    Account account = Accounts.active(own.owner());
    Membership membership = account.membership();
    if (membership != null && membership.isOf(ownerId, invitationId)) {
      return new Decision.Stay<>(account);
    }
    if (membership != null) {
      throw new Problem(
          409,
          membership.isAsked()
              ? "You are just joining a family; try again in some minutes"
              : "You are in a family already; leave it first");
    }
    if (account.userId().equals(ownerId)) {
      throw new Problem(409, "This is an invitation to your own family");
    }
    if (own.isPaid(now) || own.isInUse(now)) {
      throw new Problem(409, "You own a family; who joins another can't have one");
    }
    return Accounts.become(
        account, account.inFamily(Membership.asked(ownerId, invitationId)), now, asking -> asking);
  }

  /** Takes in who asks, if the invitation is open; it is not any more then. */
  static Decision<Admission> admit(Family family, UUID userId, UUID invitationId, Instant now) {
    Account owner = family.owner();
    Member known = family.members().get(userId);
    if (owner.isActive() && known != null && known.invitationId().equals(invitationId)) {
      return new Decision.Stay<>(new Admission.Admitted(family.version(), owner.paid()));
    }
    Invitation invitation = family.invitations().get(invitationId);
    if (!owner.isActive() || invitation == null || !invitation.isOpen(now)) {
      return refuse(family, 410, "The invitation was used or withdrawn, or its time is over");
    }
    if (!family.isPaid(now)) {
      return refuse(family, 409, "The owner of the family doesn't have plan family any more");
    }
    int others = family.members().size() - (known == null ? 0 : 1);
    if (1 + others >= Family.MOST) {
      return refuse(family, 409, "A family has at most " + Family.MOST + " members");
    }
    return new Decision.Change<>(
        List.of(family.add(new Member(userId, invitationId, now)), family.put(invitation.closed())),
        List.of(),
        new Admission.Admitted(family.version() + 1, owner.paid()));
  }

  private static Decision<Admission> refuse(Family family, int status, String why) {
    return new Decision.Stay<>(
        new Admission.Refused(
            family.version(), new Problem(status, why).with("field", "invitation")));
  }

  /** Whoever is in it, by whatever invitation, is not any more. */
  static Decision<Boolean> remove(Family family, UUID userId) {
    Member known = family.members().get(userId);
    return known == null ? new Decision.Stay<>(false) : removed(family, known);
  }

  /** The same, unless it came by another invitation. */
  static Decision<Boolean> remove(Family family, UUID userId, UUID invitationId) {
    Member known = family.members().get(userId);
    return known == null || !known.invitationId().equals(invitationId)
        ? new Decision.Stay<>(false)
        : removed(family, known);
  }

  private static Decision<Boolean> removed(Family family, Member member) {
    return new Decision.Change<>(List.of(family.remove(member)), List.of(), true);
  }

  /**
   * A member hears what the owner pays for. The answer is whether it still is a member.
   *
   * @param version of the owner's account in which the member was in the family
   */
  static Decision<Boolean> hear(
      Account account, UUID ownerId, UUID invitationId, long version, Paid paid, Instant now) {
    Membership membership = account.membership();
    if (!account.isActive() || membership == null || !membership.isOf(ownerId, invitationId)) {
      return new Decision.Stay<>(false);
    }
    if (membership.heard() >= version) {
      return new Decision.Stay<>(true);
    }
    Paid known = new Paid(paid.plan(), paid.from(), paid.until(), null);
    return Accounts.become(
        account,
        account.inFamily(new Membership(ownerId, invitationId, version, known)),
        now,
        after -> true);
  }

  /**
   * A member hears that it is none.
   *
   * @param version of the owner's account in which it was not in the family
   */
  static Decision<Boolean> leave(
      Account account, UUID ownerId, UUID invitationId, long version, Instant now) {
    Membership membership = account.membership();
    return membership == null
            || !membership.isOf(ownerId, invitationId)
            || membership.heard() > version
        ? new Decision.Stay<>(false)
        : Accounts.become(account, account.inFamily(null), now, after -> true);
  }
}
