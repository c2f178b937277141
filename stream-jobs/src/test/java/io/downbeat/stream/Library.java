package io.downbeat.stream;

import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Listeners who like, follow and think again: some of their changes come twice, and some once more
 * after a newer one.
 */
final class Library {
  private static final int LISTENERS = 40;
  private static final int THINGS = 12;
  private static final List<LibraryList> LISTS =
      List.of(
          LibraryList.LIKED_TRACKS,
          LibraryList.FOLLOWED_ARTISTS,
          LibraryList.FOLLOWED_USERS,
          LibraryList.HIDDEN_TRACKS);

  private record Entry(UUID user, LibraryList list, UUID item) {}

  private final Random random = new Random(5);
  private final Map<UUID, Long> versions = new HashMap<>();
  private final Map<Entry, LibraryChange> newest = new HashMap<>();
  private final List<LibraryChange> all = new ArrayList<>();

  void change(RunningJob job, int changes) throws IOException {
    for (int i = 0; i < changes; i++) {
      send(job, next());
      if (random.nextInt(5) == 0) {
        send(job, all.get(all.size() - 1 - random.nextInt(Math.min(200, all.size()))));
      }
    }
  }

  private static void send(RunningJob job, LibraryChange change) throws IOException {
    job.send(Topics.LIBRARY_CHANGES, Keys.of(change), change);
  }

  /** Adds what is not there, removes what is. */
  private LibraryChange next() {
    Entry entry =
        new Entry(
            new UUID(2, random.nextInt(LISTENERS)),
            LISTS.get(random.nextInt(LISTS.size())),
            new UUID(4, random.nextInt(THINGS)));
    LibraryChange before = newest.get(entry);
    Instant now = Instant.ofEpochMilli(1_790_000_000_000L + all.size());
    LibraryChange change =
        new LibraryChange(
            entry.user(),
            entry.list(),
            entry.item(),
            versions.merge(entry.user(), 1L, Long::sum),
            before == null || before.getAddedAt() == null ? now : null,
            now);
    newest.put(entry, change);
    all.add(change);
    return change;
  }

  /** The newest change of each entry once more, as compaction leaves a topic. */
  void sendNewest(RunningJob job) throws IOException {
    for (LibraryChange change : newest.values()) {
      send(job, change);
    }
  }

  /** By kind and id: how many have it in their list. */
  Map<String, Long> fans() {
    Map<String, Long> fans = new HashMap<>();
    newest.forEach(
        (entry, change) -> {
          String kind =
              switch (entry.list()) {
                case LIKED_TRACKS -> "track ";
                case FOLLOWED_ARTISTS -> "artist ";
                case FOLLOWED_USERS -> "user ";
                default -> "";
              };
          if (!kind.isEmpty()) {
            fans.merge(kind + entry.item(), change.getAddedAt() == null ? 0L : 1L, Long::sum);
          }
        });
    return fans;
  }
}
