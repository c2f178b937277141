package io.downbeat.serving.recent;

import io.downbeat.serving.store.StoreUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What listeners played. Thread-safe. Stages complete in bounded time, on a thread that must not be
 * blocked; they fail with {@link StoreUnavailableException}.
 */
public interface RecentStore {

  /** At most so many plays before the cursor, newest first. */
  CompletionStage<List<RecentPlay>> plays(UUID listener, Optional<Cursor> before, int limit);
}
