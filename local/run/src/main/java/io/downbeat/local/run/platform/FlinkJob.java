package io.downbeat.local.run.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Whether Flink's REST interface shows a running job. Thread-safe. */
final class FlinkJob {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final HttpRequest overview;

  FlinkJob(int restPort) {
    overview =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + "/jobs/overview"))
            .timeout(Duration.ofSeconds(2))
            .build();
  }

  boolean runs() throws InterruptedException {
    try {
      HttpResponse<InputStream> response =
          http.send(overview, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return response.statusCode() == 200 && hasRunningJob(JSON.readTree(body));
      }
    } catch (IOException e) {
      return false;
    }
  }

  static boolean hasRunningJob(JsonNode overview) {
    for (JsonNode job : overview.path("jobs")) {
      if (job.path("state").asText().equals("RUNNING") && allTasksRun(job.path("tasks"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean allTasksRun(JsonNode tasks) {
    return tasks.path("running").asInt() == tasks.path("total").asInt();
  }
}
