package io.downbeat.ingest.accounts;

import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Families.Admission;
import io.downbeat.ingest.accounts.Families.Admission.Admitted;
import io.downbeat.ingest.accounts.Families.Admission.Refused;
import io.downbeat.ingest.accounts.Family.Invitation;
import io.downbeat.ingest.accounts.Family.Member;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Families as they are kept. Who is in one stands in the owner's partition, which alone decides
 * about it; a member's own partition says in whose family it is, and what the owner pays for.
 *
 * <p>What changes both is a sequence of {@link Families}' decisions:
 *
 * <ol>
 *   <li>joining: the member asks; the owner's partition takes it in, or doesn't; the member hears
 *       which;
 *   <li>leaving and being removed: the owner's partition drops the member; the member hears it;
 *   <li>another plan: the owner's partition has it; each member hears it.
 * </ol>
 *
 * <p>Whatever a member hears comes with the version of the owner's account that it was read from,
 * and counts if it has heard of none later. A notice for the member, or for the owner where all
 * members must hear, stays until the last step; {@link #resume} takes the steps that are missing.
 *
 * <p>Futures fail with {@link Problem}. Thread-safe.
 */
public final class FamilyStore {
  private final OwnedState state;
  private final OwnedTable accounts;
  private final Clock clock;

  public FamilyStore(OwnedState state, OwnedTable accounts, Clock clock) {
    this.state = state;
    this.accounts = accounts;
    this.clock = clock;
  }

  CompletableFuture<Invitation> invite(UUID ownerId, UUID invitationId) {
    return changeFamily(ownerId, family -> Families.invite(family, invitationId, now()));
  }

  CompletableFuture<Boolean> withdraw(UUID ownerId, UUID invitationId) {
    return changeFamily(ownerId, family -> Families.withdraw(family, invitationId));
  }

  /** What the owner pays for; the same for one that has joined by this invitation already. */
  CompletableFuture<Paid> join(UUID userId, UUID ownerId, UUID invitationId) {
    return state
        .sequence(
            accounts,
            userId,
            () ->
                changeFamily(userId, own -> Families.ask(own, ownerId, invitationId, now()))
                    .thenCompose(asking -> admit(userId, ownerId, invitationId)))
        .thenApply(FamilyStore::paid);
  }

  private static Paid paid(Admission admission) {
    if (admission instanceof Refused refused) {
      throw refused.why();
    }
    return ((Admitted) admission).paid();
  }

  private CompletableFuture<Admission> admit(UUID userId, UUID ownerId, UUID invitationId) {
    return changeFamily(ownerId, family -> Families.admit(family, userId, invitationId, now()))
        .thenCompose(
            admission ->
                admission instanceof Admitted in
                    ? hear(userId, ownerId, invitationId, in.version(), in.paid())
                        .thenApply(isIn -> isIn ? in : new Refused(in.version(), leftMeanwhile()))
                    : leave(userId, ownerId, invitationId, admission.version())
                        .thenApply(left -> admission));
  }

  private static Problem leftMeanwhile() {
    return new Problem(409, "Meanwhile you have left the family, or given up joining it");
  }

  /** Whoever it is, it is not in this family when it is done. */
  CompletableFuture<Void> remove(UUID ownerId, UUID userId) {
    return state.sequence(
        accounts,
        userId,
        () ->
            changeFamily(ownerId, family -> Families.remove(family, userId))
                .thenCompose(removed -> settle(userId, ownerId)));
  }

  /** Of whoever's family it is in, if any. */
  CompletableFuture<Void> leave(UUID userId) {
    return state
        .read(AccountRows.reading(userId))
        .thenCompose(
            account -> {
              Membership membership = account.membership();
              return membership == null ? done() : remove(membership.ownerId(), userId);
            });
  }

  /** All members hear what the owner pays for. */
  CompletableFuture<Void> tell(UUID ownerId) {
    return state.readSettled(Family.reading(ownerId)).thenCompose(this::tell);
  }

  private CompletableFuture<Void> tell(Family family) {
    Account owner = family.owner();
    return all(
        family.members().values().stream()
            .map(
                member ->
                    hear(
                        member.userId(),
                        owner.userId(),
                        member.invitationId(),
                        owner.version(),
                        owner.paid())));
  }

  /** Of an account that is being deleted: it leaves the family it is in, and its own ends. */
  CompletableFuture<Void> end(Account account) {
    Membership membership = account.membership();
    CompletableFuture<?> left =
        membership == null
            ? done()
            : changeFamily(
                membership.ownerId(),
                family -> Families.remove(family, account.userId(), membership.invitationId()));
    return left.thenCompose(done -> state.readSettled(Family.reading(account.userId())))
        .thenCompose(
            family ->
                all(
                    family.members().keySet().stream()
                        .map(member -> settle(member, account.userId()))));
  }

  /** Finishes what an account is in the middle of, as a member or as an owner. */
  CompletableFuture<Void> resume(UUID userId) {
    return state
        .readSettled(Family.reading(userId))
        .thenCompose(
            family -> {
              Membership membership = family.owner().membership();
              CompletableFuture<Void> settled =
                  membership == null
                      ? done()
                      : membership.isAsked()
                          ? goOn(userId, membership)
                          : settle(userId, membership.ownerId());
              return settled.thenCompose(done -> tell(family));
            });
  }

  private CompletableFuture<Void> goOn(UUID userId, Membership asked) {
    return state
        .readSettled(Family.reading(asked.ownerId()))
        .thenCompose(settled -> admit(userId, asked.ownerId(), asked.invitationId()))
        .thenCompose(admission -> done());
  }

  /** The member hears whether the owner's partition says that it is one. */
  private CompletableFuture<Void> settle(UUID userId, UUID ownerId) {
    return state
        .readSettled(AccountRows.reading(userId))
        .thenCombine(
            state.readSettled(Family.reading(ownerId)),
            (account, family) -> settle(account, family))
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Void> settle(Account account, Family family) {
    Membership membership = account.membership();
    Account owner = family.owner();
    if (membership == null || !membership.ownerId().equals(owner.userId())) {
      return done();
    }
    UUID userId = account.userId();
    UUID invitationId = membership.invitationId();
    Member member = family.members().get(userId);
    boolean isIn = owner.isActive() && member != null && member.invitationId().equals(invitationId);
    return isIn
        ? hear(userId, owner.userId(), invitationId, family.version(), owner.paid())
            .thenCompose(heard -> done())
        : leave(userId, owner.userId(), invitationId, family.version()).thenCompose(left -> done());
  }

  /** Whether it is a member; if it isn't, the owner's partition doesn't say so any more either. */
  private CompletableFuture<Boolean> hear(
      UUID userId, UUID ownerId, UUID invitationId, long version, Paid paid) {
    return changeAccount(
            userId, account -> Families.hear(account, ownerId, invitationId, version, paid, now()))
        .thenCompose(
            isMember ->
                isMember
                    ? CompletableFuture.completedFuture(true)
                    : changeFamily(ownerId, family -> Families.remove(family, userId, invitationId))
                        .thenApply(removed -> false));
  }

  private CompletableFuture<Boolean> leave(
      UUID userId, UUID ownerId, UUID invitationId, long version) {
    return changeAccount(
        userId, account -> Families.leave(account, ownerId, invitationId, version, now()));
  }

  private <A> CompletableFuture<A> changeFamily(
      UUID ownerId, Function<Family, Decision<A>> decide) {
    return state.change(accounts, ownerId, Family.reading(ownerId), decide);
  }

  private <A> CompletableFuture<A> changeAccount(
      UUID userId, Function<Account, Decision<A>> decide) {
    return state.change(accounts, userId, AccountRows.reading(userId), decide);
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> all(Stream<? extends CompletableFuture<?>> each) {
    return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new));
  }

  /** As exact as the tables keep it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
