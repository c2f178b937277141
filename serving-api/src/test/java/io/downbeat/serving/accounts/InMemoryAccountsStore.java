package io.downbeat.serving.accounts;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Accounts in memory. Thread-safe. */
public final class InMemoryAccountsStore implements AccountsStore {
  private final Map<UUID, Account> accounts = new ConcurrentHashMap<>();
  private final Map<UUID, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final Map<UUID, Family> families = new ConcurrentHashMap<>();
  private final Map<UUID, List<Device>> devices = new ConcurrentHashMap<>();

  public void put(Account account) {
    accounts.put(account.userId(), account);
  }

  public void put(UUID user, Subscription subscription) {
    subscriptions.put(user, subscription);
  }

  public void put(UUID owner, Family family) {
    families.put(owner, family);
  }

  public void put(UUID user, List<Device> all) {
    devices.put(user, all);
  }

  @Override
  public CompletionStage<Optional<Account>> account(UUID user) {
    return CompletableFuture.completedFuture(Optional.ofNullable(accounts.get(user)));
  }

  @Override
  public CompletionStage<Optional<Subscription>> subscription(UUID user) {
    return CompletableFuture.completedFuture(Optional.ofNullable(subscriptions.get(user)));
  }

  @Override
  public CompletionStage<Family> family(UUID owner) {
    return CompletableFuture.completedFuture(families.getOrDefault(owner, Family.NONE));
  }

  @Override
  public CompletionStage<List<Device>> devices(UUID user) {
    return CompletableFuture.completedFuture(devices.getOrDefault(user, List.of()));
  }
}
