package io.downbeat.ingest.accounts;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedState.Reading;
import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * An account and the family that it owns, with those who were invited in the last days, whether
 * they came or not. It lies in the partition of the account. Immutable.
 */
record Family(Account owner, Map<UUID, Member> members, Map<UUID, Invitation> invitations)
    implements OwnedState.State {

  /** Most members, the owner among them. */
  static final int MOST = 6;

  private static final String READ =
      "SELECT * FROM accounts WHERE user_id = ? AND section IN ('', 'device', 'member',"
          + " 'invitation')";
  private static final String MEMBER =
      "UPDATE accounts SET invitation = ?, created_at = ?"
          + " WHERE user_id = ? AND section = 'member' AND key = ?";
  private static final String NO_MEMBER =
      "DELETE FROM accounts WHERE user_id = ? AND section = 'member' AND key = ?";
  private static final String INVITATION =
      "UPDATE accounts SET state = ?, expires_at = ?"
          + " WHERE user_id = ? AND section = 'invitation' AND key = ?";
  private static final String NO_INVITATION =
      "DELETE FROM accounts WHERE user_id = ? AND section = 'invitation' AND key = ?";
  private static final String OPEN = "open";
  private static final String CLOSED = "closed";

  /**
   * @param invitationId by which it came
   */
  record Member(UUID userId, UUID invitationId, Instant joinedAt) {}

  /**
   * @param open neither used nor withdrawn
   */
  record Invitation(UUID invitationId, Instant expiresAt, boolean open) {
    boolean isOpen(Instant now) {
      return open && now.isBefore(expiresAt);
    }

    Invitation closed() {
      return new Invitation(invitationId, expiresAt, false);
    }
  }

  Family {
    members = Map.copyOf(members);
    invitations = Map.copyOf(invitations);
  }

  @Override
  public long version() {
    return owner.version();
  }

  /** Whether the owner pays for one. */
  boolean isPaid(Instant now) {
    return owner.isActive() && owner.paid().at(now) == Plan.FAMILY;
  }

  /** Whether somebody is in it, or may come. */
  boolean isInUse(Instant now) {
    return size(now) > 1;
  }

  /** With the owner, and with those who may still come. */
  int size(Instant now) {
    long open = invitations.values().stream().filter(each -> each.isOpen(now)).count();
    return 1 + members.size() + (int) open;
  }

  static Reading<Family> reading(UUID owner) {
    return new Reading<>(READ, List.of(owner), rows -> of(owner, rows));
  }

  private static Family of(UUID owner, List<Row> rows) {
    Map<UUID, Member> members = new HashMap<>();
    Map<UUID, Invitation> invitations = new HashMap<>();
    for (Row row : rows) {
      switch (Objects.requireNonNull(row.getString("section"))) {
        case "member" -> {
          Member member =
              new Member(
                  key(row),
                  Objects.requireNonNull(row.getUuid("invitation")),
                  Objects.requireNonNull(row.getInstant("created_at")));
          members.put(member.userId(), member);
        }
        case "invitation" -> {
          Invitation invitation =
              new Invitation(
                  key(row),
                  Objects.requireNonNull(row.getInstant("expires_at")),
                  OPEN.equals(row.getString("state")));
          invitations.put(invitation.invitationId(), invitation);
        }
        default -> {}
      }
    }
    return new Family(AccountRows.of(owner, rows), members, invitations);
  }

  private static UUID key(Row row) {
    return UUID.fromString(Objects.requireNonNull(row.getString("key")));
  }

  Write add(Member member) {
    return Write.of(
        MEMBER,
        member.invitationId(),
        member.joinedAt(),
        owner.userId(),
        member.userId().toString());
  }

  Write remove(Member member) {
    return Write.of(NO_MEMBER, owner.userId(), member.userId().toString());
  }

  Write put(Invitation invitation) {
    return Write.of(
        INVITATION,
        invitation.open() ? OPEN : CLOSED,
        invitation.expiresAt(),
        owner.userId(),
        invitation.invitationId().toString());
  }

  Write remove(Invitation invitation) {
    return Write.of(NO_INVITATION, owner.userId(), invitation.invitationId().toString());
  }
}
