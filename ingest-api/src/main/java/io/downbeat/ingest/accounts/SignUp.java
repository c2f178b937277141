package io.downbeat.ingest.accounts;

import io.downbeat.ingest.accounts.EmailClaims.Claim;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Signing up: first the e-mail address is claimed, then the account made. Between the two there is
 * a claim without an account; who comes next and finds it old makes its account impossible and
 * takes it over, so an address never has two accounts, nor none for ever. Who finds it young waits
 * a moment for that account, and else is told that it is not known yet whose the address is.
 * Thread-safe.
 */
final class SignUp {
  private static final Duration SLOW = Duration.ofSeconds(10);
  private static final int MOST_ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final OwnedState state;
  private final OwnedTable accounts;
  private final EmailClaims claims;
  private final Clock clock;

  /**
   * @param password as it is to be kept
   */
  record Wanted(
      UUID userId, String email, String password, String name, @Nullable String country) {}

  SignUp(OwnedState state, OwnedTable accounts, EmailClaims claims, Clock clock) {
    this.state = state;
    this.accounts = accounts;
    this.claims = claims;
    this.clock = clock;
  }

  /**
   * The account; fails with {@link Problem}: 409 if the address is somebody else's, 503 if that is
   * not known yet.
   */
  CompletableFuture<Account> signUp(Wanted wanted) {
    return claim(wanted, 1).thenCompose(mine -> create(wanted));
  }

  private CompletableFuture<Account> create(Wanted wanted) {
    return state.change(
        accounts,
        wanted.userId(),
        AccountRows.reading(wanted.userId()),
        account ->
            Accounts.signUp(
                account,
                wanted.email(),
                wanted.password(),
                wanted.name(),
                wanted.country(),
                now()));
  }

  private CompletableFuture<Void> claim(Wanted wanted, int attempt) {
    if (attempt > MOST_ATTEMPTS) {
      return CompletableFuture.failedFuture(
          Problem.unavailable("Others are signing up with the same address; send it again"));
    }
    return claims
        .claim(wanted.email(), wanted.userId(), now())
        .handle((won, failure) -> failure == null && won)
        .thenCompose(
            won ->
                won
                    ? CompletableFuture.completedFuture(null)
                    : claims
                        .findSerial(wanted.email())
                        .exceptionallyCompose(failure -> databaseIsAway())
                        .thenCompose(claim -> contest(wanted, claim, attempt)));
  }

  private CompletableFuture<Void> contest(Wanted wanted, Optional<Claim> found, int attempt) {
    if (found.isEmpty()) {
      return claim(wanted, attempt + 1);
    }
    Claim claim = found.get();
    if (claim.userId().equals(wanted.userId())) {
      return CompletableFuture.completedFuture(null);
    }
    Instant now = now();
    return state
        .read(AccountRows.reading(claim.userId()))
        .thenCompose(
            account -> {
              if (account.isActive() || account.state() == Account.State.DELETING) {
                return CompletableFuture.failedFuture(taken());
              }
              boolean young = claim.claimedAt().plus(SLOW).isAfter(now);
              return account.state() == Account.State.ABSENT && young
                  ? later(wanted, attempt + 1)
                  : takeOver(wanted, claim, now, attempt + 1);
            });
  }

  /** Whether the address is somebody's isn't known before that account is made. */
  private CompletableFuture<Void> later(Wanted wanted, int attempt) {
    return CompletableFuture.supplyAsync(
            () -> claim(wanted, attempt),
            CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS))
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Void> takeOver(Wanted wanted, Claim claim, Instant now, int attempt) {
    return state
        .change(
            accounts,
            claim.userId(),
            AccountRows.reading(claim.userId()),
            left -> Accounts.makeVoid(left, now))
        .thenCompose(
            isVoid ->
                isVoid
                    ? claims
                        .replace(wanted.email(), claim.userId(), wanted.userId(), now)
                        .handle((replaced, failure) -> claim(wanted, attempt))
                        .thenCompose(Function.identity())
                    : CompletableFuture.failedFuture(taken()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static <T> CompletableFuture<T> databaseIsAway() {
    return CompletableFuture.failedFuture(
        Problem.unavailable(
            "The database did not answer in time. The account may have been made; send it again,"
                + " with the same Idempotency-Key"));
  }

  private static Problem taken() {
    return new Problem(409, "There is an account with this e-mail address").with("field", "email");
  }
}
