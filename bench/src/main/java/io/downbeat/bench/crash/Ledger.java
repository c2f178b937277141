package io.downbeat.bench.crash;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was sent, and what of it was acknowledged: the one account that everything else is held
 * against. Thread-safe.
 */
final class Ledger {
  private final Map<UUID, SentPlay> sent = new ConcurrentHashMap<>();
  private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();

  void send(Collection<SentPlay> plays) {
    plays.forEach(play -> sent.putIfAbsent(play.playId(), play));
  }

  void acknowledge(Collection<SentPlay> plays) {
    plays.forEach(play -> acknowledged.add(play.playId()));
  }

  long acknowledged() {
    return acknowledged.size();
  }

  /** Plays whose sender was never told what became of them. */
  long unknown() {
    return sent.size() - acknowledged.size();
  }

  boolean isSent(UUID playId) {
    return sent.containsKey(playId);
  }

  boolean isAcknowledged(UUID playId) {
    return acknowledged.contains(playId);
  }

  List<SentPlay> plays() {
    return List.copyOf(sent.values());
  }
}
