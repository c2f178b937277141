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
        userId, 0, State.ABSENT, "", "", "", null, Instant.EPOCH, Paid.NOTHING, Map.of());
  }

  boolean isActive() {
    return state == State.ACTIVE;
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
        userId, version, state, email, otherPassword, name, country, createdAt, paid, devices);
  }

  Account with(Paid other) {
    return new Account(
        userId, version, state, email, password, name, country, createdAt, other, devices);
  }

  Account with(String otherName, @Nullable String otherCountry) {
    return new Account(
        userId, version, state, email, password, otherName, otherCountry, createdAt, paid, devices);
  }

  Account with(State other) {
    return new Account(
        userId, version, other, email, password, name, country, createdAt, paid, devices);
  }

  Account ofVersion(long other) {
    return new Account(
        userId, other, state, email, password, name, country, createdAt, paid, devices);
  }

  private Account with(Map<UUID, Device> others) {
    return new Account(
        userId, version, state, email, password, name, country, createdAt, paid, others);
  }

  /** Least recently active first. */
  List<Device> devicesByActivity() {
    return devices.values().stream().sorted(Comparator.comparing(Device::lastActiveAt)).toList();
  }
}
