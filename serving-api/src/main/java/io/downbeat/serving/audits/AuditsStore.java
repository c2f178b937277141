package io.downbeat.serving.audits;

import io.downbeat.serving.store.StoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The audits. Thread-safe. Stages complete in bounded time, on a thread that must not be blocked;
 * they fail with {@link StoreUnavailableException}.
 */
public interface AuditsStore {

  CompletionStage<Optional<Audit>> latest();
}
