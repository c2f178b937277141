package io.downbeat.local.run.e2e;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/** What plays must add up to, computed from the plays alone. */
final class Recount {
  private static final UUID EVERYTHING = new UUID(0, 0);

  record Thing(String kind, UUID id) {}

  record Bucket(Thing thing, ChronoUnit unit, Instant start) {}

  record Measures(long plays, long streams, long listenedMillis, long skips) {
    Measures plus(Measures more) {
      return new Measures(
          plays + more.plays,
          streams + more.streams,
          listenedMillis + more.listenedMillis,
          skips + more.skips);
    }
  }

  private final Map<Bucket, Measures> buckets = new HashMap<>();
  private final Map<Thing, Measures> allTime = new HashMap<>();
  private long plays;

  /** What a play counts for beside its track; null where there is none. */
  record Credits(List<UUID> artists, UUID album, List<UUID> genres) {}

  void add(UUID track, Instant startedAt, long playedMillis, boolean skipped, Credits credits) {
    plays++;
    Measures one = new Measures(1, playedMillis >= 30_000 ? 1 : 0, playedMillis, skipped ? 1 : 0);
    Stream.of(
            Stream.of(new Thing("everything", EVERYTHING), new Thing("track", track)),
            credits.artists().stream().map(id -> new Thing("artist", id)),
            Stream.ofNullable(credits.album()).map(id -> new Thing("album", id)),
            credits.genres().stream().map(id -> new Thing("genre", id)))
        .flatMap(Objects::requireNonNull)
        .forEach(thing -> add(thing, startedAt, one));
  }

  private void add(Thing thing, Instant startedAt, Measures one) {
    allTime.merge(thing, one, Measures::plus);
    for (ChronoUnit unit : List.of(ChronoUnit.HOURS, ChronoUnit.DAYS)) {
      buckets.merge(new Bucket(thing, unit, startedAt.truncatedTo(unit)), one, Measures::plus);
    }
  }

  long plays() {
    return plays;
  }

  Map<Bucket, Measures> buckets() {
    return buckets;
  }

  Map<Thing, Measures> allTime() {
    return allTime;
  }

  /** What is on one side and not the same on the other. */
  static <K> Map<K, String> difference(Map<K, Measures> seen, Map<K, Measures> wanted) {
    Map<K, String> different = new HashMap<>();
    wanted.forEach(
        (key, measures) -> {
          if (!measures.equals(seen.get(key))) {
            different.put(key, "wanted " + measures + ", seen " + seen.get(key));
          }
        });
    seen.forEach(
        (key, measures) -> {
          if (!wanted.containsKey(key)) {
            different.put(key, "wanted nothing, seen " + measures);
          }
        });
    return different;
  }
}
