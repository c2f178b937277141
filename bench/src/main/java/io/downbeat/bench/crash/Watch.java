package io.downbeat.bench.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A reader who polls counts and charts all along and remembers the most that each measure ever was.
 * It runs in a thread of its own; what it found is asked for after {@link #stop}.
 */
final class Watch implements Runnable {
  private static final long PAUSE_MILLIS = 100;
  private static final int HOT_TRACKS = 10;
  private static final int CHART_SIZE = 100;
  private static final List<String> WINDOWS = List.of("hour", "day", "week");

  private final Reads api;
  private final List<UUID> tracks;
  private final Map<String, Long> highest = new HashMap<>();
  private final Map<String, Set<String>> charted = new HashMap<>();
  private final List<String> wentBack = new ArrayList<>();
  private final Thread thread = new Thread(this, "watch");
  private volatile boolean stopped;
  private long reads;

  Watch(Reads api, List<UUID> tracks) {
    this.api = api;
    this.tracks = tracks.subList(0, Math.min(HOT_TRACKS, tracks.size()));
  }

  void start() {
    thread.start();
  }

  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  /** Good answers. */
  long reads() {
    return reads;
  }

  /** One line for each measure that was once less than before. */
  List<String> wentBack() {
    return wentBack;
  }

  void look(int turn) throws InterruptedException {
    counts("everything");
    counts("tracks/" + tracks.get(turn % tracks.size()));
    chart(WINDOWS.get(turn % WINDOWS.size()));
  }

  @Override
  public void run() {
    try {
      for (int turn = 0; !stopped; turn++) {
        look(turn);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void counts(String thing) throws InterruptedException {
    api.get("/v1/counts/" + thing)
        .ifPresent(
            answer -> {
              reads++;
              answer
                  .path("totals")
                  .properties()
                  .forEach(
                      measure -> look(thing + " " + measure.getKey(), measure.getValue().asLong()));
            });
  }

  private void chart(String window) throws InterruptedException {
    api.get("/v1/charts/everything?window=" + window)
        .ifPresent(
            answer -> {
              reads++;
              String chart = window + " chart from " + answer.path("from").asText();
              Set<String> now = new HashSet<>();
              for (JsonNode entry : answer.path("entries")) {
                String track = entry.path("track").path("track_id").asText();
                now.add(track);
                look(chart + " " + track, entry.path("streams").asLong());
              }
              Set<String> before = charted.computeIfAbsent(chart, first -> new HashSet<>());
              if (now.size() < CHART_SIZE && !now.containsAll(before)) {
                wentBack.add(
                    chart + " has " + now.size() + " entries and lost some of " + before.size());
              }
              before.addAll(now);
            });
  }

  private void look(String measure, long value) {
    Long before = highest.put(measure, value);
    if (before != null && value < before) {
      wentBack.add(measure + " was " + before + " and then " + value);
    }
  }
}
