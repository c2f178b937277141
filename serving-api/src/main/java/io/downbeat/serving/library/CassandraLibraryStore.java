package io.downbeat.serving.library;

import io.downbeat.serving.store.CassandraReader;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Lists in Cassandra's table {@code library}. */
public final class CassandraLibraryStore implements LibraryStore {
  private static final String PAGE =
      "SELECT key FROM library WHERE user_id = ? AND section = ? AND key > ? LIMIT ?";
  private static final String CONTAINED =
      "SELECT key FROM library WHERE user_id = ? AND section = ? AND key IN ?";

  private final CassandraReader reader;

  public CassandraLibraryStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<List<KeptItem>> items(
      UUID listener, Kept list, Optional<KeptItem> after, int limit) {
    return reader.rows(
        PAGE,
        List.of(listener, list.newest(), after.map(KeptItem::key).orElse(""), limit),
        row -> KeptItem.ofKey(Objects.requireNonNull(row.getString(0))));
  }

  @Override
  public CompletionStage<Set<UUID>> contained(UUID listener, Kept list, Collection<UUID> things) {
    return reader
        .rows(
            CONTAINED,
            List.of(listener, list.section(), things.stream().map(UUID::toString).toList()),
            row -> UUID.fromString(row.getString(0)))
        .thenApply(Set::copyOf);
  }
}
