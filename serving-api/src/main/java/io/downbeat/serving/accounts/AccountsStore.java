package io.downbeat.serving.accounts;

import io.downbeat.serving.store.StoreUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Accounts that are there: neither deleted nor being deleted. Thread-safe. Stages complete in
 * bounded time, on a thread that must not be blocked; they fail with {@link
 * StoreUnavailableException}.
 */
public interface AccountsStore {

  CompletionStage<Optional<Account>> account(UUID user);

  CompletionStage<Optional<Subscription>> subscription(UUID user);

  /** The family of which a listener is the owner; an empty one if there is none. */
  CompletionStage<Family> family(UUID owner);

  /** By id. */
  CompletionStage<List<Device>> devices(UUID user);
}
