package io.downbeat.local.run.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the API answers at this moment, in a few lines: counts, a chart, recommendations. */
final class Sights {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int CHART = 5;
  private static final int RECOMMENDED = 3;

  private final URI api;
  private final String key;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  /**
   * @param key of a trusted caller
   */
  Sights(URI api, String key) {
    this.api = api;
    this.key = key;
  }

  /**
   * @param listeners the first two of one taste
   */
  void print(PrintWriter out, List<Listener> listeners) throws IOException, InterruptedException {
    JsonNode totals = get("/v1/counts/everything", "").path("totals");
    out.printf(
        Locale.ROOT,
        "%,d plays are counted, %,d of them streams, by %,d listeners. Most streamed this week:%n%n",
        totals.path("plays").asLong(),
        totals.path("streams").asLong(),
        totals.path("listeners").asLong());
    for (JsonNode entry : first(get("/v1/charts/everything?window=week", "").path("entries"))) {
      out.printf(
          Locale.ROOT,
          "  %d. %,6d  %s%n",
          entry.path("rank").asInt(),
          entry.path("streams").asLong(),
          title(entry.path("track")));
    }
    if (!listeners.isEmpty()) {
      out.println();
      printRecommendations(out, listeners);
    }
    out.println();
  }

  private void printRecommendations(PrintWriter out, List<Listener> listeners)
      throws IOException, InterruptedException {
    JsonNode recommended = recommendations(listeners.get(0));
    Set<String> ofFirst = ids(recommended);
    out.printf(
        "Recommended to %s, who likes %s: %s, …%n",
        listeners.get(0).name(),
        taste(listeners.get(0)),
        elements(recommended)
            .limit(RECOMMENDED)
            .map(Sights::title)
            .collect(Collectors.joining(", ")));
    for (Listener other : listeners.subList(1, listeners.size())) {
      Set<String> shared = ids(recommendations(other));
      shared.retainAll(ofFirst);
      out.printf(
          "  %2d of these %d also to %s (%s)%n",
          shared.size(), ofFirst.size(), other.name(), taste(other));
    }
  }

  private JsonNode recommendations(Listener listener) throws IOException, InterruptedException {
    return get("/v1/me/recommendations?limit=50", listener.id().toString()).path("tracks");
  }

  private static Set<String> ids(JsonNode tracks) {
    return elements(tracks)
        .map(track -> track.path("track_id").asText())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static String taste(Listener listener) {
    return listener.genres().stream().map(Genre::label).collect(Collectors.joining(", "));
  }

  private static String title(JsonNode track) {
    return "\"%s\" by %s"
        .formatted(
            track.path("title").asText("?"),
            track.path("artists").path(0).path("name").asText("?"));
  }

  private static List<JsonNode> first(JsonNode entries) {
    return elements(entries).limit(CHART).toList();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  /**
   * @param listener whose view it is; empty for nobody's
   */
  private JsonNode get(String path, String listener) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api + path)).timeout(ANSWER);
    if (!listener.isEmpty()) {
      request.header("Authorization", "Bearer " + key).header("Downbeat-User", listener);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("Cannot read %s: it answers %d".formatted(path, response.statusCode()));
    }
    return Json.MAPPER.readTree(response.body());
  }
}
