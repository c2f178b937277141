package io.downbeat.bench.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * The ledger held against the lake, row by row, and against the counts and charts that the API
 * answers.
 *
 * @param lost acknowledged plays without a row
 * @param doubled plays with more than one row
 * @param neverSent rows of plays that nobody sent
 * @param differences one line for each measure or chart that isn't what the ledger says
 * @param compared measures and charts
 */
record Account(
    long rows,
    List<SentPlay> lost,
    List<SentPlay> doubled,
    long neverSent,
    List<String> differences,
    int compared) {
  private static final long STREAM_MILLIS = 30_000;
  private static final int CHART_SIZE = 100;
  private static final int TRIES = 20;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private record Measures(long plays, long streams, long listenedMillis, long skips) {
    static Measures of(SentPlay play) {
      return new Measures(
          1,
          play.playedMillis() >= STREAM_MILLIS ? 1 : 0,
          play.playedMillis(),
          play.skipped() ? 1 : 0);
    }

    Measures plus(Measures other) {
      return new Measures(
          plays + other.plays,
          streams + other.streams,
          listenedMillis + other.listenedMillis,
          skips + other.skips);
    }

    static Measures of(JsonNode totals) {
      return new Measures(
          totals.path("plays").asLong(),
          totals.path("streams").asLong(),
          totals.path("listened_millis").asLong(),
          totals.path("skips").asLong());
    }
  }

  /**
   * @param rows of each play in the lake
   * @param artistOf empty for a track that the catalogue doesn't have
   */
  static Account of(
      Ledger ledger, Map<UUID, Integer> rows, Reads api, Function<UUID, Optional<UUID>> artistOf)
      throws IOException, InterruptedException {
    List<SentPlay> lost = new ArrayList<>();
    List<SentPlay> doubled = new ArrayList<>();
    Map<String, Measures> counts = new TreeMap<>();
    Map<Instant, Map<UUID, Long>> streamsByDay = new TreeMap<>();
    Set<UUID> users = new HashSet<>();
    for (SentPlay play : ledger.plays()) {
      int rowsOfPlay = rows.getOrDefault(play.playId(), 0);
      if (rowsOfPlay == 0 && ledger.isAcknowledged(play.playId())) {
        lost.add(play);
      }
      if (rowsOfPlay > 1) {
        doubled.add(play);
      }
      if (rowsOfPlay == 0 && !ledger.isAcknowledged(play.playId())) {
        continue;
      }
      Measures measures = Measures.of(play);
      counts.merge("everything", measures, Measures::plus);
      counts.merge("tracks/" + play.trackId(), measures, Measures::plus);
      artistOf
          .apply(play.trackId())
          .ifPresent(artist -> counts.merge("artists/" + artist, measures, Measures::plus));
      if (measures.streams() > 0) {
        streamsByDay
            .computeIfAbsent(play.startedAt().truncatedTo(ChronoUnit.DAYS), day -> new HashMap<>())
            .merge(play.trackId(), 1L, Long::sum);
      }
      users.add(play.userId());
    }
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, Measures> thing : counts.entrySet()) {
      JsonNode totals = read(api, "/v1/counts/" + thing.getKey()).path("totals");
      differ(thing.getKey(), thing.getValue(), Measures.of(totals), differences);
      if (thing.getKey().equals("everything")) {
        differ("listeners", users.size(), totals.path("listeners").asInt(), differences);
      }
    }
    for (Map.Entry<Instant, Map<UUID, Long>> day : streamsByDay.entrySet()) {
      JsonNode chart = read(api, "/v1/charts/everything?window=day&at=" + day.getKey());
      compare("chart of " + day.getKey(), day.getValue(), chart.path("entries"), differences);
    }
    return new Account(
        rows.values().stream().mapToLong(Integer::longValue).sum(),
        lost,
        doubled,
        rows.keySet().stream().filter(id -> !ledger.isSent(id)).count(),
        differences,
        counts.size() + 1 + streamsByDay.size());
  }

  /** Of tracks that share the last place, any may be there. */
  private static void compare(
      String chart, Map<UUID, Long> streams, JsonNode entries, List<String> differences) {
    List<Long> top =
        streams.values().stream().sorted(Comparator.reverseOrder()).limit(CHART_SIZE).toList();
    List<Long> seen = new ArrayList<>();
    for (JsonNode entry : entries) {
      seen.add(entry.path("streams").asLong());
      UUID track = UUID.fromString(entry.path("track").path("track_id").asText());
      differ(
          chart + " " + track,
          streams.getOrDefault(track, 0L),
          entry.path("streams").asLong(),
          differences);
    }
    differ(chart, top, seen, differences);
  }

  private static void differ(String what, Object wanted, Object seen, List<String> differences) {
    if (!wanted.equals(seen)) {
      differences.add(what + " should be " + wanted + " and is " + seen);
    }
  }

  private static JsonNode read(Reads api, String path) throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Optional<JsonNode> answer = api.get(path);
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.sleep(PAUSE.toMillis());
    }
    throw new IOException("GET " + path + " has no good answer");
  }
}
