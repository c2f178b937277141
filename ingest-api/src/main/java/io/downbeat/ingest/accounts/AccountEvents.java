package io.downbeat.ingest.accounts;

import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountFamily;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import io.downbeat.schemas.rules.Plan;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        family(account.membership()),
        account.devices().values().stream()
            .sorted(Comparator.comparing(Account.Device::deviceId))
            .map(AccountEvents::of)
            .toList(),
        now);
  }

  private static @Nullable AccountFamily family(@Nullable Membership membership) {
    return membership == null || membership.paid().plan() != Plan.FAMILY
        ? null
        : new AccountFamily(
            membership.ownerId(), membership.paid().from(), membership.paid().until());
  }

  private static AccountDevice of(Account.Device device) {
    return new AccountDevice(
        device.deviceId(),
        DeviceType.valueOf(device.type().name()),
        device.session() == null ? null : device.session().sessionId());
  }
}
