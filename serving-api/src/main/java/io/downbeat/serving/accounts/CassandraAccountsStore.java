package io.downbeat.serving.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.serving.accounts.Account.Membership;
import io.downbeat.serving.accounts.Account.Subscribed;
import io.downbeat.serving.accounts.Subscription.Told;
import io.downbeat.serving.store.CassandraReader;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Accounts in Cassandra's table {@code accounts}, of which it reads no password and nothing that
 * continues a session.
 */
public final class CassandraAccountsStore implements AccountsStore {
  private static final String HEAD =
      "SELECT state, email, name, country, created_at, plan, plan_from, plan_until, family, heard,"
          + " family_plan, family_from, family_until FROM accounts"
          + " WHERE user_id = ? AND section = '' AND key = ''";
  private static final String HISTORY =
      "SELECT told_at, plan, plan_from, plan_until FROM accounts"
          + " WHERE user_id = ? AND section = 'subscription' LIMIT 1000";
  private static final String DEVICES =
      "SELECT key, type, name, created_at, last_active_at, session_id, session_until FROM accounts"
          + " WHERE user_id = ? AND section = 'device' LIMIT 100";
  private static final String FAMILY =
      "SELECT section, key, created_at, state, expires_at FROM accounts"
          + " WHERE user_id = ? AND section IN ('member', 'invitation') LIMIT 100";
  private static final int MOST_TOLD = 100;

  private final CassandraReader reader;

  public CassandraAccountsStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<Optional<Account>> account(UUID user) {
    return reader.fold(
        HEAD,
        List.of(user),
        Optional.empty(),
        (none, row) -> isActive(row) ? Optional.of(account(user, row)) : none);
  }

  @Override
  public CompletionStage<Optional<Subscription>> subscription(UUID user) {
    return account(user)
        .thenCombine(
            reader.rows(HISTORY, List.of(user), CassandraAccountsStore::told),
            (account, told) ->
                account.map(
                    known ->
                        new Subscription(
                            known,
                            told.stream()
                                .sorted(Comparator.comparing(Told::toldAt).reversed())
                                .limit(MOST_TOLD)
                                .toList())));
  }

  @Override
  public CompletionStage<Family> family(UUID owner) {
    return reader.fold(FAMILY, List.of(owner), Family.NONE, CassandraAccountsStore::add);
  }

  private static Family add(Family family, Row row) {
    UUID id = UUID.fromString(Objects.requireNonNull(row.getString("key")));
    return "member".equals(row.getString("section"))
        ? family.with(new Family.Member(id, time(row, "created_at")))
        : "open".equals(row.getString("state"))
            ? family.with(new Family.Invitation(id, time(row, "expires_at")))
            : family;
  }

  @Override
  public CompletionStage<List<Device>> devices(UUID user) {
    return reader.rows(DEVICES, List.of(user), CassandraAccountsStore::device);
  }

  private static boolean isActive(Row head) {
    return AccountState.ACTIVE.name().equalsIgnoreCase(head.getString("state"));
  }

  private static Account account(UUID user, Row head) {
    return new Account(
        user,
        head.getString("email"),
        head.getString("name"),
        head.getString("country"),
        head.getInstant("created_at"),
        subscribed(head),
        membership(head));
  }

  /** Whoever only asks to be let in has heard nothing of the owner's account so far. */
  private static @Nullable Membership membership(Row head) {
    UUID owner = head.getUuid("family");
    return owner == null || head.getLong("heard") == 0
        ? null
        : new Membership(owner, subscribed(head, "family_plan", "family_from", "family_until"));
  }

  private static Told told(Row row) {
    return new Told(time(row, "told_at"), subscribed(row));
  }

  private static Subscribed subscribed(Row row) {
    return subscribed(row, "plan", "plan_from", "plan_until");
  }

  private static Subscribed subscribed(Row row, String planIn, String fromIn, String untilIn) {
    String plan = row.getString(planIn);
    return new Subscribed(
        plan == null ? Plan.FREE : Plan.of(plan), row.getInstant(fromIn), row.getInstant(untilIn));
  }

  private static Instant time(Row row, String column) {
    return Objects.requireNonNullElse(row.getInstant(column), Instant.EPOCH);
  }

  private static Device device(Row row) {
    return new Device(
        UUID.fromString(Objects.requireNonNull(row.getString("key"))),
        row.getString("type"),
        row.getString("name"),
        row.getInstant("created_at"),
        row.getInstant("last_active_at"),
        row.getUuid("session_id") == null
            ? null
            : Objects.requireNonNullElse(row.getInstant("session_until"), Instant.MAX));
  }
}
