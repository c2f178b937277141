package io.downbeat.serving.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.rules.Plan;
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

/**
 * Accounts in Cassandra's table {@code accounts}, of which it reads no password and nothing that
 * continues a session.
 */
public final class CassandraAccountsStore implements AccountsStore {
  private static final String HEAD =
      "SELECT state, email, name, country, created_at, plan, plan_from, plan_until FROM accounts"
          + " WHERE user_id = ? AND section = '' AND key = ''";
  private static final String HISTORY =
      "SELECT told_at, plan, plan_from, plan_until FROM accounts"
          + " WHERE user_id = ? AND section = 'subscription' LIMIT 1000";
  private static final String DEVICES =
      "SELECT key, type, name, created_at, last_active_at, session_id, session_until FROM accounts"
          + " WHERE user_id = ? AND section = 'device' LIMIT 100";
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
                            known.subscribed(),
                            told.stream()
                                .sorted(Comparator.comparing(Told::toldAt).reversed())
                                .limit(MOST_TOLD)
                                .toList())));
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
        subscribed(head));
  }

  private static Told told(Row row) {
    return new Told(
        Objects.requireNonNullElse(row.getInstant("told_at"), Instant.EPOCH), subscribed(row));
  }

  private static Subscribed subscribed(Row row) {
    String plan = row.getString("plan");
    return new Subscribed(
        plan == null ? Plan.FREE : Plan.of(plan),
        row.getInstant("plan_from"),
        row.getInstant("plan_until"));
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
