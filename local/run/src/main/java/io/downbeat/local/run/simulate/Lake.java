package io.downbeat.local.run.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** What the lake's catalog says of its tables (Iceberg's REST protocol). Thread-safe. */
public final class Lake {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI plays;

  public Lake(URI catalog) {
    this.plays = URI.create(catalog + "/v1/namespaces/lake/tables/plays");
  }

  /** Rows of {@code lake.plays} in its current snapshot; 0 while there is none. */
  public long plays() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(plays).timeout(PATIENCE).build();
    JsonNode metadata =
        Json.MAPPER
            .readTree(http.send(request, BodyHandlers.ofByteArray()).body())
            .path("metadata");
    long current = metadata.path("current-snapshot-id").asLong();
    for (JsonNode snapshot : metadata.path("snapshots")) {
      if (snapshot.path("snapshot-id").asLong() == current) {
        return snapshot.path("summary").path("total-records").asLong();
      }
    }
    return 0;
  }
}
