package io.downbeat.ingest.accounts;

import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** What others hear of an account: never a name, an address or a password. */
final class AccountEvents {

  private AccountEvents() {}

  /** Nothing, where others know all of it already. */
  static List<AccountChange> of(Account before, Account after, Instant now) {
    AccountChange change = of(after, after.version(), now);
    return before.version() > 0 && change.equals(of(before, after.version(), now))
        ? List.of()
        : List.of(change);
  }

  private static AccountChange of(Account account, long version, Instant now) {
    return new AccountChange(
        account.userId(),
        version,
        switch (account.state()) {
          case ACTIVE -> AccountState.ACTIVE;
          case DELETING -> AccountState.DELETING;
          case DELETED, VOID -> AccountState.DELETED;
          case ABSENT -> AccountState.UNKNOWN;
        },
        AccountPlan.valueOf(account.paid().plan().name()),
        account.paid().from(),
        account.paid().until(),
        account.devices().values().stream()
            .sorted(Comparator.comparing(Account.Device::deviceId))
            .map(AccountEvents::of)
            .toList(),
        now);
  }

  private static AccountDevice of(Account.Device device) {
    return new AccountDevice(
        device.deviceId(),
        DeviceType.valueOf(device.type().name()),
        device.session() == null ? null : device.session().sessionId());
  }
}
