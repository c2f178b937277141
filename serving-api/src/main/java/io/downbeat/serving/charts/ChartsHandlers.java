package io.downbeat.serving.charts;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.http.Deferred;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** {@code GET /v1/charts/{scope}}. Thread-safe. */
public final class ChartsHandlers {
  private record Entry(int rank, long streams, TrackBriefs.Brief track) {}

  private final ChartsStore store;
  private final TrackBriefs tracks;
  private final Clock clock;
  private final Deferred deferred;

  public ChartsHandlers(ChartsStore store, TrackBriefs tracks, Clock clock, Deferred deferred) {
    this.store = store;
    this.tracks = tracks;
    this.clock = clock;
    this.deferred = deferred;
  }

  public void chart(Context ctx) {
    ChartsRequest chart =
        ChartsRequest.of(ctx.pathParam("scope"), ctx.queryParamMap(), Instant.now(clock));
    deferred.answer(ctx, () -> store.entries(chart).thenApply(entries -> body(chart, entries)));
  }

  private Map<String, Object> body(ChartsRequest chart, List<ChartEntry> entries) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "scope", chart.scope().equals(CountedKind.EVERYTHING_ID) ? "everything" : chart.scope());
    body.put("window", chart.window().key());
    body.put("from", chart.start());
    body.put("to", chart.start().plus(chart.window().length()));
    body.put(
        "entries",
        IntStream.range(0, entries.size())
            .mapToObj(
                i -> new Entry(i + 1, entries.get(i).streams(), tracks.of(entries.get(i).track())))
            .toList());
    return body;
  }
}
