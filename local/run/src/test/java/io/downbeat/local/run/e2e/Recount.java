package io.downbeat.local.run.e2e;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** What plays must add up to, computed from the plays alone. */
final class Recount {
  private static final UUID EVERYTHING = new UUID(0, 0);
  private static final Measures NOTHING = new Measures(0, 0, 0, 0, 0);

  record Thing(String kind, UUID id) {}

  /**
   * @param unit FOREVER for the one bucket of all time, which begins in 1970
   */
  record Bucket(Thing thing, ChronoUnit unit, Instant start) {}

  /**
   * @param listeners of days and of all time
   */
  record Measures(long plays, long streams, long listenedMillis, long skips, long listeners) {
    Measures plus(Measures more) {
      return new Measures(
          plays + more.plays,
          streams + more.streams,
          listenedMillis + more.listenedMillis,
          skips + more.skips,
          0);
    }

    Measures of(long differentListeners) {
      return new Measures(plays, streams, listenedMillis, skips, differentListeners);
    }
  }

  record Chart(UUID scope, ChronoUnit window, Instant start) {}

  record Entry(UUID track, long streams) {}

  /** What a play counts for beside its track; null where there is none. */
  record Credits(List<UUID> artists, UUID album, List<UUID> genres) {}

  private final Map<Bucket, Measures> sums = new HashMap<>();
  private final Map<Thing, Measures> allTime = new HashMap<>();
  private final Map<Bucket, Set<UUID>> listeners = new HashMap<>();
  private final Map<Chart, Map<UUID, Long>> streams = new HashMap<>();
  private long plays;

  void add(
      UUID user,
      UUID track,
      Instant startedAt,
      long playedMillis,
      boolean skipped,
      Credits credits) {
    plays++;
    boolean stream = playedMillis >= 30_000;
    Measures one = new Measures(1, stream ? 1 : 0, playedMillis, skipped ? 1 : 0, 0);
    Stream.of(
            Stream.of(new Thing("everything", EVERYTHING), new Thing("track", track)),
            credits.artists().stream().map(id -> new Thing("artist", id)),
            Stream.ofNullable(credits.album()).map(id -> new Thing("album", id)),
            credits.genres().stream().map(id -> new Thing("genre", id)))
        .flatMap(Objects::requireNonNull)
        .forEach(thing -> add(thing, user, startedAt, one));
    if (stream) {
      Stream.concat(Stream.of(EVERYTHING), credits.genres().stream())
          .forEach(scope -> addStream(scope, track, startedAt));
    }
  }

  private void add(Thing thing, UUID user, Instant startedAt, Measures one) {
    allTime.merge(thing, one, Measures::plus);
    Bucket day = new Bucket(thing, ChronoUnit.DAYS, startedAt.truncatedTo(ChronoUnit.DAYS));
    sums.merge(day, one, Measures::plus);
    sums.merge(
        new Bucket(thing, ChronoUnit.HOURS, startedAt.truncatedTo(ChronoUnit.HOURS)),
        one,
        Measures::plus);
    for (Bucket bucket : List.of(day, forever(thing))) {
      listeners.computeIfAbsent(bucket, absent -> new HashSet<>(2)).add(user);
    }
  }

  private static Bucket forever(Thing thing) {
    return new Bucket(thing, ChronoUnit.FOREVER, Instant.EPOCH);
  }

  private void addStream(UUID scope, UUID track, Instant at) {
    Instant monday =
        at.atOffset(ZoneOffset.UTC)
            .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
            .truncatedTo(ChronoUnit.DAYS)
            .toInstant();
    Stream.of(
            new Chart(scope, ChronoUnit.HOURS, at.truncatedTo(ChronoUnit.HOURS)),
            new Chart(scope, ChronoUnit.DAYS, at.truncatedTo(ChronoUnit.DAYS)),
            new Chart(scope, ChronoUnit.WEEKS, monday))
        .forEach(
            chart ->
                streams
                    .computeIfAbsent(chart, absent -> new HashMap<>())
                    .merge(track, 1L, Long::sum));
  }

  long plays() {
    return plays;
  }

  Map<Bucket, Measures> buckets() {
    Map<Bucket, Measures> buckets = new HashMap<>(sums);
    listeners.forEach(
        (bucket, users) ->
            buckets.put(bucket, buckets.getOrDefault(bucket, NOTHING).of(users.size())));
    return buckets;
  }

  /** As a reader of totals sees them. */
  Map<Thing, Measures> allTime() {
    Map<Thing, Measures> totals = new HashMap<>();
    allTime.forEach(
        (thing, sum) -> totals.put(thing, sum.of(listeners.get(forever(thing)).size())));
    return totals;
  }

  Map<Chart, List<Entry>> charts() {
    Map<Chart, List<Entry>> charts = new HashMap<>();
    streams.forEach(
        (chart, tracks) ->
            charts.put(
                chart,
                tracks.entrySet().stream()
                    .map(track -> new Entry(track.getKey(), track.getValue()))
                    .sorted(
                        Comparator.comparingLong(Entry::streams)
                            .thenComparing(entry -> entry.track().toString())
                            .reversed())
                    .limit(100)
                    .toList()));
    return charts;
  }

  /** What is on one side and not the same on the other. */
  static <K, V> Map<K, String> difference(Map<K, V> seen, Map<K, V> wanted) {
    Map<K, String> different = new HashMap<>();
    wanted.forEach(
        (key, value) -> {
          if (!value.equals(seen.get(key))) {
            different.put(key, "wanted " + value + ", seen " + seen.get(key));
          }
        });
    seen.forEach(
        (key, value) -> {
          if (!wanted.containsKey(key)) {
            different.put(key, "wanted nothing, seen " + value);
          }
        });
    return different;
  }
}
