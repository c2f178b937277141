package io.downbeat.ingest.accounts;

import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account with its devices. Of one that is not active all but id, version and state is empty.
 *
 * @param version 0 if there is no account of this id
 * @param email in the form in which it is claimed
 * @param password as {@link Passwords} keeps it
 * @param membership null if it is in nobody's family
 */
record Account(
    UUID userId,
    long version,
    State state,
    String email,
    String password,
    String name,
    @Nullable String country,
    Instant createdAt,
    Paid paid,
    @Nullable Membership membership,
    Map<UUID, Device> devices)
    implements OwnedState.State {

  enum State {
    /** Not there. */
    ABSENT,
    ACTIVE,
    /** On its way out: nobody is signed in, what is personal is being taken away. */
    DELETING,
    DELETED,
    /** An id under which none must be made: its e-mail address went to another. */
    VOID
  }

  /**
   * What was paid for, as the billing system said last.
   *
   * @param until excluded; null until further notice
   * @param toldAt when the billing system said so, by its own time; null if never
   */
  record Paid(
      Plan plan, @Nullable Instant from, @Nullable Instant until, @Nullable Instant toldAt) {
    static final Paid NOTHING = new Paid(Plan.FREE, null, null, null);

    Plan at(Instant time) {
      boolean begun = from == null || !time.isBefore(from);
      boolean over = until != null && !time.isBefore(until);
      return begun && !over ? plan : Plan.FREE;
    }
  }

  /**
   * That it is in the family of another account, or asks to be.
   *
   * @param heard the version of the owner's account of which this is known; 0 while it asks
   * @param paid what the owner pays for
   */
  record Membership(UUID ownerId, UUID invitationId, long heard, Paid paid) {
    static Membership asked(UUID ownerId, UUID invitationId) {
      return new Membership(ownerId, invitationId, 0, Paid.NOTHING);
    }

    boolean isOf(UUID owner, UUID invitation) {
      return ownerId.equals(owner) && invitationId.equals(invitation);
    }

    boolean isAsked() {
      return heard == 0;
    }
  }

  /** One installation of a client. */
  record Device(
      UUID deviceId,
      DeviceType type,
      String name,
      Instant createdAt,
      Instant lastActiveAt,
      @Nullable Session session) {

    Device with(@Nullable Session other, Instant activeAt) {
      return new Device(deviceId, type, name, createdAt, activeAt, other);
    }

    Device named(String other) {
      return new Device(deviceId, type, other, createdAt, lastActiveAt, session);
    }
  }

  enum DeviceType {
    MOBILE,
    DESKTOP,
    WEB,
    SPEAKER,
    TV
  }

  /**
   * That somebody is signed in on a device.
   *
   * @param generation of its newest refresh token
   * @param refreshedWith what the request was known by that made this generation
   * @param until when it ends, unless it is refreshed
   */
  record Session(UUID sessionId, int generation, String refreshedWith, Instant until) {}

  Account {
    devices = Map.copyOf(devices);
  }

  static Account none(UUID userId) {
    return new Account(
        userId, 0, State.ABSENT, "", "", "", null, Instant.EPOCH, Paid.NOTHING, null, Map.of());
  }

  boolean isActive() {
    return state == State.ACTIVE;
  }

  /** The plan that counts: that of the family before its own. */
  Plan planAt(Instant time) {
    boolean inFamily = membership != null && membership.paid().at(time) == Plan.FAMILY;
    return inFamily ? Plan.FAMILY : paid.at(time);
  }

  Optional<Device> deviceOf(UUID sessionId) {
    return devices.values().stream()
        .filter(
            device -> device.session() != null && device.session().sessionId().equals(sessionId))
        .findFirst();
  }

  Account with(Device device) {
    Map<UUID, Device> more = new HashMap<>(devices);
    more.put(device.deviceId(), device);
    return with(more);
  }

  Account without(UUID deviceId) {
    Map<UUID, Device> fewer = new HashMap<>(devices);
    fewer.remove(deviceId);
    return with(fewer);
  }

  /** Nobody is signed in any more, but on the device, if any. */
  Account signedOut(@Nullable UUID butOn) {
    Map<UUID, Device> all = new HashMap<>();
    devices.forEach(
        (id, device) ->
            all.put(id, id.equals(butOn) ? device : device.with(null, device.lastActiveAt())));
    return with(all);
  }

  Account with(String otherPassword) {
    return new Account(
        userId,
        version,
        state,
        email,
        otherPassword,
        name,
        country,
        createdAt,
        paid,
        membership,
        devices);
  }

  Account with(Paid other) {
    return new Account(
        userId,
        version,
        state,
        email,
        password,
        name,
        country,
        createdAt,
        other,
        membership,
        devices);
  }

  Account inFamily(@Nullable Membership other) {
    return new Account(
        userId, version, state, email, password, name, country, createdAt, paid, other, devices);
  }

  Account with(String otherName, @Nullable String otherCountry) {
    return new Account(
        userId,
        version,
        state,
        email,
        password,
        otherName,
        otherCountry,
        createdAt,
        paid,
        membership,
        devices);
  }

  Account with(State other) {
    return new Account(
        userId,
        version,
        other,
        email,
        password,
        name,
        country,
        createdAt,
        paid,
        membership,
        devices);
  }

  Account ofVersion(long other) {
    return new Account(
        userId, other, state, email, password, name, country, createdAt, paid, membership, devices);
  }

  private Account with(Map<UUID, Device> others) {
    return new Account(
        userId,
        version,
        state,
        email,
        password,
        name,
        country,
        createdAt,
        paid,
        membership,
        others);
  }

  /** Least recently active first. */
  List<Device> devicesByActivity() {
    return devices.values().stream().sorted(Comparator.comparing(Device::lastActiveAt)).toList();
  }
}
