package io.downbeat.ingest.accounts;

import io.downbeat.ingest.accounts.Account.Device;
import io.downbeat.ingest.accounts.Account.DeviceType;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.Session;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.accounts.RefreshTokens.RefreshToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.oidc.IdentityProvider.Identity;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.Decision;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What may become of an account: decisions about its state, which throw {@link Problem} where they
 * refuse, and see when what is asked for is there already.
 */
final class Accounts {
  static final Duration SESSION_LENGTH = Duration.ofDays(60);
  static final int LONGEST_NAME = 100;

  /** A device as a request names it. */
  record NewDevice(
      @Nullable UUID deviceId, DeviceType type, String name, @Nullable UUID replaces) {}

  /**
   * A session that is open, or that is not.
   *
   * @param session null if it had to be ended, since its token was used twice
   */
  record Opened(Account account, UUID deviceId, @Nullable Session session) {}

  private Accounts() {}

  static Decision<Account> signUp(
      Account account,
      String email,
      String password,
      String name,
      @Nullable String country,
      Instant now) {
    if (account.isActive() && account.email().equals(email)) {
      return new Decision.Stay<>(account);
    }
    if (account.version() > 0) {
      throw new Problem(409, "Under this Idempotency-Key, or id, another account was made before");
    }
    Account made =
        new Account(
            account.userId(),
            0,
            State.ACTIVE,
            email,
            password,
            name,
            country,
            now,
            Paid.NOTHING,
            null,
            Map.of());
    return become(account, made, now, after -> after);
  }

  /** Makes the account of somebody known by a provider; it has no address and no password. */
  static Decision<Account> welcome(Account account, Identity identity, Instant now) {
    if (account.isActive()) {
      return new Decision.Stay<>(account);
    }
    if (account.version() > 0) {
      throw new Problem(409, "The account is just being deleted; try again in some minutes");
    }
    Account made =
        new Account(
            account.userId(),
            0,
            State.ACTIVE,
            "",
            "",
            name(identity),
            null,
            now,
            Paid.NOTHING,
            null,
            Map.of());
    return become(account, made, now, after -> after);
  }

  private static String name(Identity identity) {
    return identity
        .name()
        .strip()
        .codePoints()
        .filter(each -> !Character.isISOControl(each))
        .filter(each -> Character.getType(each) != Character.SURROGATE)
        .limit(LONGEST_NAME)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Makes an id void under which there is no account yet; the answer is whether it is now. */
  static Decision<Boolean> makeVoid(Account account, Instant now) {
    return switch (account.state()) {
      case ABSENT -> become(account, account.with(State.VOID), now, after -> true);
      case VOID, DELETED -> new Decision.Stay<>(true);
      case ACTIVE, DELETING -> new Decision.Stay<>(false);
    };
  }

  /**
   * @param verified what was kept of the password when it was found to be the right one
   */
  static Decision<Opened> signIn(
      Account account, String verified, NewDevice wanted, String requestKey, Instant now) {
    if (!account.isActive() || !account.password().equals(verified)) {
      throw wrongPassword();
    }
    UUID deviceId = wanted.deviceId() != null ? wanted.deviceId() : deviceId(account, requestKey);
    UUID sessionId = Uuids.named(account.userId(), "/v1/sessions/" + requestKey);
    Device device = account.devices().get(deviceId);
    if (device != null && device.session() != null) {
      Session open = device.session();
      if (open.sessionId().equals(sessionId)) {
        return new Decision.Stay<>(new Opened(account, deviceId, open));
      }
    }
    Account room = wanted.replaces() == null ? account : account.without(wanted.replaces());
    if (device == null) {
      requireRoom(room, now);
      device = new Device(deviceId, wanted.type(), wanted.name(), now, now, null);
    }
    Session session = new Session(sessionId, 1, "", now.plus(SESSION_LENGTH));
    return become(
        account,
        room.with(device.with(session, now)),
        now,
        after -> new Opened(after, deviceId, session));
  }

  private static UUID deviceId(Account account, String requestKey) {
    return Uuids.named(account.userId(), "/v1/devices/" + requestKey);
  }

  private static void requireRoom(Account account, Instant now) {
    Plan plan = account.planAt(now);
    if (account.devices().size() >= plan.devices()) {
      throw new Problem(
              409,
              "With plan %s there are at most %d devices; name one of yours as replaces"
                  .formatted(plan.key(), plan.devices()))
          .with("field", "device")
          .with(
              "devices",
              account.devicesByActivity().stream()
                  .map(
                      device ->
                          Map.of(
                              "device_id",
                              device.deviceId(),
                              "name",
                              device.name(),
                              "last_active_at",
                              device.lastActiveAt().toString()))
                  .toList());
    }
  }

  /**
   * The next generation of a session. A token that is not of its newest generation was used before:
   * by its owner whose answer got lost, who sends it again with the same key, or by a thief, and
   * then nobody knows who is who, and the session ends.
   */
  static Decision<Opened> refresh(
      Account account, RefreshToken token, String requestKey, Instant now) {
    Device device = account.deviceOf(token.sessionId()).orElse(null);
    Session session = device == null ? null : device.session();
    if (!account.isActive()
        || device == null
        || session == null
        || !now.isBefore(session.until())
        || token.generation() > session.generation()) {
      throw invalidToken();
    }
    if (token.generation() == session.generation()) {
      Session next =
          new Session(
              session.sessionId(), session.generation() + 1, requestKey, now.plus(SESSION_LENGTH));
      return become(
          account,
          account.with(device.with(next, now)),
          now,
          after -> new Opened(after, device.deviceId(), next));
    }
    if (token.generation() == session.generation() - 1
        && session.refreshedWith().equals(requestKey)) {
      return new Decision.Stay<>(new Opened(account, device.deviceId(), session));
    }
    return become(
        account,
        account.with(device.with(null, device.lastActiveAt())),
        now,
        after -> new Opened(after, device.deviceId(), null));
  }

  static Decision<Account> signOut(Account account, UUID sessionId, Instant now) {
    Device device = active(account).deviceOf(sessionId).orElse(null);
    if (device == null) {
      return new Decision.Stay<>(account);
    }
    return turn(account, account.with(device.with(null, device.lastActiveAt())), now);
  }

  static Decision<Account> signOutEverywhere(Account account, Instant now) {
    return turn(account, active(account).signedOut(null), now);
  }

  /** Ends all sessions but that of the device on which it is changed. */
  static Decision<Account> changePassword(
      Account account, String verified, String password, UUID deviceId, Instant now) {
    if (account.password().equals(password)) {
      return new Decision.Stay<>(account);
    }
    if (!active(account).password().equals(verified)) {
      throw wrongPassword();
    }
    return turn(account, account.signedOut(deviceId).with(password), now);
  }

  static Decision<Account> changeProfile(
      Account account, @Nullable String name, @Nullable String country, Instant now) {
    Account after =
        active(account)
            .with(
                name == null ? account.name() : name,
                country == null ? account.country() : country);
    return turn(account, after, now);
  }

  static Decision<Device> addDevice(
      Account account, NewDevice wanted, String requestKey, Instant now) {
    UUID deviceId =
        wanted.deviceId() != null ? wanted.deviceId() : deviceId(active(account), requestKey);
    Device known = active(account).devices().get(deviceId);
    if (known != null) {
      return new Decision.Stay<>(known);
    }
    requireRoom(account, now);
    Device device = new Device(deviceId, wanted.type(), wanted.name(), now, now, null);
    return become(account, account.with(device), now, after -> device);
  }

  static Decision<Device> nameDevice(Account account, UUID deviceId, String name, Instant now) {
    Device known = active(account).devices().get(deviceId);
    if (known == null) {
      throw new Problem(404, "You have no such device");
    }
    Device named = known.named(name);
    return named.equals(known)
        ? new Decision.Stay<>(known)
        : become(account, account.with(named), now, after -> named);
  }

  static Decision<Account> removeDevice(Account account, UUID deviceId, Instant now) {
    return turn(account, active(account).without(deviceId), now);
  }

  /**
   * What the billing system says counts if it said nothing later; each of its events stays in the
   * history, under its id.
   *
   * @param known what this event said before, null if it was not heard yet
   */
  static Decision<Account> subscribe(
      Account account, UUID eventId, Paid paid, @Nullable Paid known, Instant now) {
    if (account.state() == State.ABSENT) {
      throw new Problem(404, "There is no such account").with("field", "user_id");
    }
    if (!account.isActive()) {
      throw new Problem(410, "The account is deleted").with("field", "user_id");
    }
    if (known != null) {
      if (!known.equals(paid)) {
        throw new Problem(409, "This event said something else before").with("field", "event_id");
      }
      return new Decision.Stay<>(account);
    }
    Instant last = account.paid().toldAt();
    boolean newest = last == null || last.isBefore(paid.toldAt());
    return and(
        become(account, newest ? account.with(paid) : account, now, after -> after),
        List.of(AccountRows.subscription(account.userId(), eventId, paid)));
  }

  /** Nobody is signed in any more, nor can be. */
  static Decision<Account> beginDeletion(Account account, String verified, Instant now) {
    if (account.state() == State.DELETING || account.state() == State.DELETED) {
      return new Decision.Stay<>(account);
    }
    if (!active(account).password().equals(verified)) {
      throw wrongPassword();
    }
    return turn(account, account.signedOut(null).with(State.DELETING), now);
  }

  /** Nothing of it is left but its id and that it was there. */
  static Decision<Account> endDeletion(Account account, Instant now) {
    if (account.state() != State.DELETING) {
      return new Decision.Stay<>(account);
    }
    Account none = Account.none(account.userId()).with(State.DELETED);
    return and(become(account, none, now, after -> after), AccountRows.bare(account.userId()));
  }

  static Account active(Account account) {
    if (!account.isActive()) {
      throw invalidToken();
    }
    return account;
  }

  private static Decision<Account> turn(Account before, Account after, Instant now) {
    return after.equals(before)
        ? new Decision.Stay<>(before)
        : become(before, after, now, next -> next);
  }

  static <A> Decision.Change<A> become(
      Account before, Account after, Instant now, Function<Account, A> answer) {
    Account next = after.ofVersion(before.version() + 1);
    return new Decision.Change<>(
        AccountRows.writes(before, next), AccountEvents.of(before, next, now), answer.apply(next));
  }

  private static <A> Decision.Change<A> and(Decision.Change<A> change, List<Write> more) {
    List<Write> rows = new ArrayList<>(change.rows());
    rows.addAll(more);
    return new Decision.Change<>(rows, change.events(), change.answer());
  }

  static Problem wrongPassword() {
    return new Problem(401, "The e-mail address or the password is wrong")
        .withHeader("WWW-Authenticate", "Bearer");
  }

  static Problem invalidToken() {
    return new Problem(401, "The token is not valid any more; sign in again")
        .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  }
}
