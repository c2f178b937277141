package io.downbeat.ingest.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.owned.Cassandra;
import io.downbeat.ingest.owned.Cassandra.Write;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Table {@code account_emails}: whose an e-mail address is. Each claim is one conditional write.
 * Thread-safe; a stage that fails leaves unknown whether it was done.
 */
public final class EmailClaims {

  /** That an address is an account's, which may not be there yet. */
  record Claim(UUID userId, Instant claimedAt) {}

  private static final String READ =
      "SELECT user_id, claimed_at FROM account_emails WHERE email = ?";
  private static final String CLAIM =
      "INSERT INTO account_emails (email, user_id, claimed_at) VALUES (?, ?, ?) IF NOT EXISTS";
  private static final String REPLACE =
      "UPDATE account_emails SET user_id = ?, claimed_at = ? WHERE email = ? IF user_id = ?";
  private static final String RELEASE = "DELETE FROM account_emails WHERE email = ? IF user_id = ?";

  private final Cassandra cassandra;

  public EmailClaims(Cassandra cassandra) {
    this.cassandra = cassandra;
  }

  CompletableFuture<Optional<Claim>> find(String email) {
    return cassandra.rows(READ, email).thenApply(EmailClaims::first).toCompletableFuture();
  }

  /** At SERIAL. */
  CompletableFuture<Optional<Claim>> findSerial(String email) {
    return cassandra.serialRows(READ, email).thenApply(EmailClaims::first).toCompletableFuture();
  }

  private static Optional<Claim> first(List<Row> rows) {
    return rows.stream()
        .findFirst()
        .map(
            row ->
                new Claim(
                    Objects.requireNonNull(row.getUuid("user_id")),
                    Objects.requireNonNullElse(row.getInstant("claimed_at"), Instant.EPOCH)));
  }

  CompletableFuture<Boolean> claim(String email, UUID userId, Instant now) {
    return cassandra.writeIf(List.of(Write.of(CLAIM, email, userId, now))).toCompletableFuture();
  }

  CompletableFuture<Boolean> replace(String email, UUID loser, UUID userId, Instant now) {
    return cassandra
        .writeIf(List.of(Write.of(REPLACE, userId, now, email, loser)))
        .toCompletableFuture();
  }

  CompletableFuture<Boolean> release(String email, UUID userId) {
    return cassandra.writeIf(List.of(Write.of(RELEASE, email, userId))).toCompletableFuture();
  }
}
