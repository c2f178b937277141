package io.downbeat.serving.library;

import io.downbeat.serving.store.StoreUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What listeners like, follow and hide. Thread-safe. Stages complete in bounded time, on a thread
 * that must not be blocked; they fail with {@link StoreUnavailableException}.
 */
public interface LibraryStore {

  /** Each has one owner and holds a thing once. */
  enum Kept {
    LIKED_TRACKS("liked_tracks"),
    FOLLOWED_ARTISTS("followed_artists"),
    FOLLOWED_USERS("followed_users"),
    HIDDEN_TRACKS("hidden_tracks"),
    HIDDEN_ARTISTS("hidden_artists");

    private final String section;

    Kept(String section) {
      this.section = section;
    }

    String section() {
      return section;
    }

    String newest() {
      return section + "_newest";
    }
  }

  /** At most so many things after the cursor, newest first. */
  CompletionStage<List<KeptItem>> items(
      UUID listener, Kept list, Optional<KeptItem> after, int limit);

  /** Those of these things that are in the list. */
  CompletionStage<Set<UUID>> contained(UUID listener, Kept list, Collection<UUID> things);
}
