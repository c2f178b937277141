package io.downbeat.serving.recommendations;

import io.downbeat.serving.store.StoreUnavailableException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The lists of the live model; empty where there is none yet. Thread-safe. Stages complete in
 * bounded time, on a thread that must not be blocked; they fail with {@link
 * StoreUnavailableException}.
 */
public interface RecommendationsStore {

  enum Kind {
    /** Without what the listener heard of late. */
    HOME,
    /** Without all that the listener ever heard. */
    DISCOVER;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  CompletionStage<Recommended> forListener(UUID listener, Kind kind);

  /** Nearest first; empty for a track that too few have streamed. */
  CompletionStage<List<UUID>> similarTo(UUID track);
}
