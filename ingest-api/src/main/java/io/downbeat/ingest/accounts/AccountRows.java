package io.downbeat.ingest.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.accounts.Account.Device;
import io.downbeat.ingest.accounts.Account.DeviceType;
import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.Session;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.OwnedState.Reading;
import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Accounts as rows of table {@code accounts}, there and back. */
final class AccountRows {
  private static final String READ =
      "SELECT * FROM accounts WHERE user_id = ? AND section IN ('', 'device')";
  private static final String HEAD =
      "UPDATE accounts SET state = ?, email = ?, password = ?, name = ?, country = ?,"
          + " created_at = ?, plan = ?, plan_from = ?, plan_until = ?, told_at = ?,"
          + " family = ?, invitation = ?, heard = ?, family_plan = ?, family_from = ?,"
          + " family_until = ? WHERE user_id = ? AND section = '' AND key = ''";
  private static final String DEVICE =
      "UPDATE accounts SET type = ?, name = ?, created_at = ?, last_active_at = ?, session_id = ?,"
          + " session_until = ?, generation = ?, refreshed_with = ?"
          + " WHERE user_id = ? AND section = 'device' AND key = ?";
  private static final String NO_DEVICE =
      "DELETE FROM accounts WHERE user_id = ? AND section = 'device' AND key = ?";
  private static final String SUBSCRIPTION =
      "UPDATE accounts SET plan = ?, plan_from = ?, plan_until = ?, told_at = ?"
          + " WHERE user_id = ? AND section = 'subscription' AND key = ?";
  private static final String NO_SECTION = "DELETE FROM accounts WHERE user_id = ? AND section = ?";

  private AccountRows() {}

  static Reading<Account> reading(UUID userId) {
    return new Reading<>(READ, List.of(userId), rows -> of(userId, rows));
  }

  static Account of(UUID userId, List<Row> rows) {
    Account account = Account.none(userId);
    Map<UUID, Device> devices = new HashMap<>();
    for (Row row : rows) {
      switch (text(row, "section")) {
        case "device" -> {
          Device device = device(row);
          devices.put(device.deviceId(), device);
        }
        case "" -> account = head(userId, row);
        default -> {}
      }
    }
    for (Device device : devices.values()) {
      account = account.with(device);
    }
    return account;
  }

  private static Account head(UUID userId, Row row) {
    String state = row.getString("state");
    return new Account(
        userId,
        row.getLong("version"),
        state == null ? State.ABSENT : State.valueOf(state.toUpperCase(Locale.ROOT)),
        text(row, "email"),
        text(row, "password"),
        text(row, "name"),
        row.getString("country"),
        time(row, "created_at"),
        paid(row),
        membership(row),
        Map.of());
  }

  private static @Nullable Membership membership(Row row) {
    UUID owner = row.getUuid("family");
    String plan = row.getString("family_plan");
    return owner == null
        ? null
        : new Membership(
            owner,
            Objects.requireNonNull(row.getUuid("invitation")),
            row.getLong("heard"),
            plan == null
                ? Paid.NOTHING
                : new Paid(
                    Plan.of(plan),
                    row.getInstant("family_from"),
                    row.getInstant("family_until"),
                    null));
  }

  static Paid paid(Row row) {
    String plan = row.getString("plan");
    return plan == null
        ? Paid.NOTHING
        : new Paid(
            Plan.of(plan),
            row.getInstant("plan_from"),
            row.getInstant("plan_until"),
            row.getInstant("told_at"));
  }

  private static Device device(Row row) {
    UUID session = row.getUuid("session_id");
    return new Device(
        UUID.fromString(text(row, "key")),
        DeviceType.valueOf(text(row, "type").toUpperCase(Locale.ROOT)),
        text(row, "name"),
        time(row, "created_at"),
        time(row, "last_active_at"),
        session == null
            ? null
            : new Session(
                session,
                row.getInt("generation"),
                text(row, "refreshed_with"),
                time(row, "session_until")));
  }

  private static String text(Row row, String column) {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  private static Instant time(Row row, String column) {
    return Objects.requireNonNullElse(row.getInstant(column), Instant.EPOCH);
  }

  /** What makes the rows of one those of the other. */
  static List<Write> writes(Account before, Account after) {
    List<Write> writes = new ArrayList<>();
    if (before.version() == 0 || !sameHead(before, after)) {
      writes.add(head(after));
    }
    after
        .devices()
        .forEach(
            (id, device) -> {
              if (!device.equals(before.devices().get(id))) {
                writes.add(device(after.userId(), device));
              }
            });
    before.devices().keySet().stream()
        .filter(id -> !after.devices().containsKey(id))
        .forEach(id -> writes.add(Write.of(NO_DEVICE, after.userId(), id.toString())));
    return writes;
  }

  /** A row of the history of what was paid for. */
  static Write subscription(UUID userId, UUID eventId, Paid paid) {
    return Write.of(
        SUBSCRIPTION,
        paid.plan().key(),
        paid.from(),
        paid.until(),
        paid.toldAt(),
        userId,
        eventId.toString());
  }

  /** Nothing but the head and its devices stays. */
  static List<Write> bare(UUID userId) {
    return Stream.of("subscription", "member", "invitation")
        .map(section -> Write.of(NO_SECTION, userId, section))
        .toList();
  }

  private static boolean sameHead(Account one, Account other) {
    return head(one).equals(head(other));
  }

  private static Write head(Account account) {
    boolean paid = account.paid().toldAt() != null;
    Membership in = account.membership();
    return Write.of(
        HEAD,
        account.state().name().toLowerCase(Locale.ROOT),
        orNull(account.email()),
        orNull(account.password()),
        orNull(account.name()),
        account.country(),
        account.createdAt(),
        paid ? account.paid().plan().key() : null,
        account.paid().from(),
        account.paid().until(),
        account.paid().toldAt(),
        in == null ? null : in.ownerId(),
        in == null ? null : in.invitationId(),
        in == null ? null : in.heard(),
        in == null || in.isAsked() ? null : in.paid().plan().key(),
        in == null ? null : in.paid().from(),
        in == null ? null : in.paid().until(),
        account.userId());
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static Write device(UUID userId, Device device) {
    Session session = device.session();
    return Write.of(
        DEVICE,
        device.type().name().toLowerCase(Locale.ROOT),
        device.name(),
        device.createdAt(),
        device.lastActiveAt(),
        session == null ? null : session.sessionId(),
        session == null ? null : session.until(),
        session == null ? null : session.generation(),
        session == null ? null : session.refreshedWith(),
        userId,
        device.deviceId().toString());
  }
}
