package io.downbeat.serving.library;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Lists in memory. Thread-safe. */
public final class InMemoryLibraryStore implements LibraryStore {
  private record Key(UUID listener, Kept list) {}

  private final Map<Key, List<KeptItem>> items = new ConcurrentHashMap<>();

  public void put(UUID listener, Kept list, KeptItem item) {
    items.computeIfAbsent(new Key(listener, list), key -> new CopyOnWriteArrayList<>()).add(item);
  }

  @Override
  public CompletionStage<List<KeptItem>> items(
      UUID listener, Kept list, Optional<KeptItem> after, int limit) {
    return CompletableFuture.completedFuture(
        items.getOrDefault(new Key(listener, list), List.of()).stream()
            .filter(each -> after.isEmpty() || each.key().compareTo(after.get().key()) > 0)
            .sorted(Comparator.comparing(KeptItem::key))
            .limit(limit)
            .toList());
  }

  @Override
  public CompletionStage<Set<UUID>> contained(UUID listener, Kept list, Collection<UUID> things) {
    return CompletableFuture.completedFuture(
        items.getOrDefault(new Key(listener, list), List.of()).stream()
            .map(KeptItem::id)
            .filter(things::contains)
            .collect(Collectors.toSet()));
  }
}
