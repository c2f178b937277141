package io.downbeat.ingest.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.accounts.Account.Device;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.accounts.Accounts.Opened;
import io.downbeat.ingest.accounts.RefreshTokens.RefreshToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.oidc.IdentityProvider.Identity;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedState.Reading;
import io.downbeat.ingest.owned.OwnedTable;
import io.downbeat.schemas.identity.Uuids;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Accounts as they are kept: each change one conditional write, as {@link Accounts} decides it, or
 * a sequence of them. Futures fail with {@link Problem}. Thread-safe.
 */
public final class AccountStore {
  private static final String WITH_SUBSCRIPTION =
      "SELECT * FROM accounts WHERE user_id = ? AND section IN ('', 'device', 'subscription')";

  private static final UUID IDENTITIES = UUID.fromString("0d1c3c5e-52a7-4a0e-9a55-1f2f0f7f6a3e");
  private static final int MOST_DELETIONS = 50;

  private record WithSubscription(Account account, @Nullable Paid known)
      implements OwnedState.State {
    @Override
    public long version() {
      return account.version();
    }
  }

  private final OwnedState state;
  private final OwnedTable accounts;
  private final EmailClaims claims;
  private final SignUp signUp;
  private final FamilyStore families;
  private final Function<UUID, CompletionStage<Void>> removeLibrary;
  private final Clock clock;

  /**
   * @param removeLibrary takes away all that an account likes and follows; may be done again
   */
  public AccountStore(
      OwnedState state,
      OwnedTable accounts,
      EmailClaims claims,
      FamilyStore families,
      Function<UUID, CompletionStage<Void>> removeLibrary,
      Clock clock) {
    this.state = state;
    this.accounts = accounts;
    this.claims = claims;
    this.signUp = new SignUp(state, accounts, claims, clock);
    this.families = families;
    this.removeLibrary = removeLibrary;
    this.clock = clock;
  }

  CompletableFuture<Account> signUp(SignUp.Wanted wanted) {
    return signUp.signUp(wanted);
  }

  /** The account of somebody known by a provider; it is made if there is none. */
  CompletableFuture<Account> welcome(Identity identity) {
    return find(identity)
        .thenCompose(
            found ->
                found.isActive()
                    ? CompletableFuture.completedFuture(found)
                    : change(
                        found.userId(), account -> Accounts.welcome(account, identity, now())));
  }

  /**
   * The account of somebody known by a provider, or an empty one of the id that it would have. The
   * id follows from the identity, so nobody has to claim it; after a deletion it is the next one.
   */
  CompletableFuture<Account> find(Identity identity) {
    return find(identity, 0);
  }

  private CompletableFuture<Account> find(Identity identity, int deletions) {
    if (deletions > MOST_DELETIONS) {
      return CompletableFuture.failedFuture(
          new Problem(410, "The account was deleted too many times"));
    }
    String name = identity.issuer() + " " + identity.subject();
    UUID userId = Uuids.named(IDENTITIES, deletions == 0 ? name : deletions + " " + name);
    return find(userId)
        .thenCompose(
            account ->
                account.state() == Account.State.DELETED
                    ? find(identity, deletions + 1)
                    : CompletableFuture.completedFuture(account));
  }

  /** As it is now; one that is not there is empty. */
  CompletableFuture<Account> find(UUID userId) {
    return state.read(AccountRows.reading(userId));
  }

  /** The account of an address as it is now; an empty one if there is none. */
  CompletableFuture<Account> find(String email) {
    return claims
        .find(email)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    Problem.unavailable("The database does not answer; nothing was changed")))
        // Also where nobody has claimed it, so that both take as long.
        .thenCompose(
            claim -> find(claim.map(EmailClaims.Claim::userId).orElseGet(UUID::randomUUID)));
  }

  CompletableFuture<Opened> signIn(Account known, NewDevice device, String requestKey) {
    return change(
        known.userId(),
        account -> Accounts.signIn(account, known.password(), device, requestKey, now()));
  }

  CompletableFuture<Opened> refresh(RefreshToken token, String requestKey) {
    return change(token.userId(), account -> Accounts.refresh(account, token, requestKey, now()));
  }

  CompletableFuture<Account> signOut(UUID userId, UUID sessionId) {
    return change(userId, account -> Accounts.signOut(account, sessionId, now()));
  }

  CompletableFuture<Account> signOutEverywhere(UUID userId) {
    return change(userId, account -> Accounts.signOutEverywhere(account, now()));
  }

  /**
   * @param password as it is to be kept
   */
  CompletableFuture<Account> changePassword(Account known, String password, UUID deviceId) {
    return change(
        known.userId(),
        account -> Accounts.changePassword(account, known.password(), password, deviceId, now()));
  }

  CompletableFuture<Account> changeProfile(
      UUID userId, @Nullable String name, @Nullable String country) {
    return change(userId, account -> Accounts.changeProfile(account, name, country, now()));
  }

  CompletableFuture<Device> addDevice(UUID userId, NewDevice device, String requestKey) {
    return change(userId, account -> Accounts.addDevice(account, device, requestKey, now()));
  }

  CompletableFuture<Device> nameDevice(UUID userId, UUID deviceId, String name) {
    return change(userId, account -> Accounts.nameDevice(account, deviceId, name, now()));
  }

  CompletableFuture<Account> removeDevice(UUID userId, UUID deviceId) {
    return change(userId, account -> Accounts.removeDevice(account, deviceId, now()));
  }

  /** All of the family have heard of it when it is done, or hear soon after. */
  CompletableFuture<Account> subscribe(UUID userId, UUID eventId, Paid paid) {
    Reading<WithSubscription> reading =
        new Reading<>(
            WITH_SUBSCRIPTION,
            List.of(userId),
            rows ->
                new WithSubscription(AccountRows.of(userId, rows), subscription(eventId, rows)));
    return state.sequence(
        accounts,
        userId,
        () ->
            state
                .change(
                    accounts,
                    userId,
                    reading,
                    read -> Accounts.subscribe(read.account(), eventId, paid, read.known(), now()))
                .thenCompose(account -> families.tell(userId).thenApply(told -> account)));
  }

  private static @Nullable Paid subscription(UUID eventId, List<Row> rows) {
    return rows.stream()
        .filter(row -> "subscription".equals(row.getString("section")))
        .filter(row -> eventId.toString().equals(row.getString("key")))
        .map(AccountRows::paid)
        .findFirst()
        .orElse(null);
  }

  /** What is personal is gone when it is done; if this process dies on the way, soon after. */
  CompletableFuture<Account> delete(Account known) {
    return state.sequence(
        accounts,
        known.userId(),
        () ->
            change(
                    known.userId(),
                    account -> Accounts.beginDeletion(account, known.password(), now()))
                .thenCompose(this::finishDeletion));
  }

  /** Finishes what an account is in the middle of: its deletion, or what concerns families. */
  public CompletionStage<Void> resume(UUID userId) {
    return find(userId)
        .thenCompose(this::finishDeletion)
        .thenCompose(
            account ->
                account.isActive()
                    ? families.resume(userId)
                    : CompletableFuture.<Void>completedFuture(null));
  }

  private CompletableFuture<Account> finishDeletion(Account account) {
    if (account.state() != Account.State.DELETING) {
      return CompletableFuture.completedFuture(account);
    }
    return families
        .end(account)
        .thenCompose(done -> removeLibrary.apply(account.userId()))
        .thenCompose(
            done ->
                account.email().isEmpty()
                    ? CompletableFuture.completedFuture(false)
                    : claims.release(account.email(), account.userId()))
        .thenCompose(
            done -> change(account.userId(), marked -> Accounts.endDeletion(marked, now())));
  }

  /** As exact as the tables keep it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private <A> CompletableFuture<A> change(UUID userId, Function<Account, Decision<A>> decide) {
    return state.change(accounts, userId, AccountRows.reading(userId), decide);
  }
}
