package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.serving.store.StoreUnavailableException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The counts of plays and of fans. What was never played has no buckets, and a total of zeros.
 *
 * <p>Thread-safe. Stages complete in bounded time, on a thread that must not be blocked; they fail
 * with {@link StoreUnavailableException}.
 */
public interface CountsStore {

  /** The buckets of a period in which something was played, in ascending order. */
  CompletionStage<List<Bucket>> buckets(CountedKind kind, UUID id, Period period);

  /**
   * The sum of all days (of what is closed, and of the days since), how many different listeners
   * there were in all of them, and how many like or follow it now.
   */
  CompletionStage<Measures> total(CountedKind kind, UUID id);
}
