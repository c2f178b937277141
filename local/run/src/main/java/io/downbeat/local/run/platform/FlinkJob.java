package io.downbeat.local.run.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The job that Flink's REST interface shows. Thread-safe. */
public final class FlinkJob {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long LOOK_MILLIS = 200;

  /** How a stop with a savepoint ended. */
  public sealed interface Stop {
    /** The job has ended; everything that it knew is in the savepoint. */
    record Stopped(Path savepoint) implements Stop {}

    /** There is no savepoint, and the job goes on. */
    record Failed(String reason) implements Stop {}

    /** Flink ended before it told; the savepoint may be there or not. */
    record Unknown(String reason) implements Stop {}
  }

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final URI root;

  public FlinkJob(int restPort) {
    root = URI.create("http://127.0.0.1:" + restPort + "/");
  }

  public boolean runs() throws InterruptedException {
    return running().isPresent();
  }

  /** Id of the job whose tasks all run. */
  public Optional<String> running() throws InterruptedException {
    try {
      return runningJob(send(request("jobs/overview").GET().build()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Stack trace of what a job that does not run failed by; empty if it has not, or nobody tells.
   */
  Optional<String> failure() throws InterruptedException {
    try {
      for (JsonNode job : send(request("jobs/overview").GET().build()).path("jobs")) {
        JsonNode exceptions =
            send(
                request("jobs/" + job.path("jid").asText() + "/exceptions?maxExceptions=1")
                    .GET()
                    .build());
        Optional<String> failure = failure(exceptions);
        if (failure.isPresent()) {
          return failure;
        }
      }
    } catch (IOException e) {
      // Flink starts or ends.
    }
    return Optional.empty();
  }

  static Optional<String> failure(JsonNode exceptions) {
    String trace =
        exceptions.path("exceptionHistory").path("entries").path(0).path("stacktrace").asText("");
    return trace.isEmpty() ? Optional.empty() : Optional.of(trace);
  }

  /**
   * Writes all state into a savepoint that any state backend can read, and ends the job.
   *
   * @param within for the savepoint, before this gives up on it
   */
  public Stop stopWithSavepoint(String job, Duration within) throws InterruptedException {
    String trigger;
    try {
      trigger =
          send(request("jobs/" + job + "/stop")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{\"drain\":false,\"formatType\":\"CANONICAL\"}"))
                  .build())
              .path("request-id")
              .asText();
    } catch (IOException e) {
      return new Stop.Failed(String.valueOf(e.getMessage()));
    }
    HttpRequest status = request("jobs/" + job + "/savepoints/" + trigger).GET().build();
    long deadline = System.nanoTime() + within.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        JsonNode answer = send(status);
        if (answer.path("status").path("id").asText().equals("COMPLETED")) {
          return outcome(answer.path("operation"));
        }
      } catch (IOException e) {
        return new Stop.Unknown(String.valueOf(e.getMessage()));
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return new Stop.Failed("it was not complete within " + within.toSeconds() + " s");
  }

  /** Asks for a checkpoint ahead of its time, and with it for a commit to the lake. */
  public void checkpoint() throws IOException, InterruptedException {
    Optional<String> job = running();
    if (job.isPresent()) {
      send(
          request("jobs/" + job.get() + "/checkpoints")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"checkpointType\":\"CONFIGURED\"}"))
              .build());
    }
  }

  static Stop outcome(JsonNode operation) {
    String location = operation.path("location").asText("");
    return location.isEmpty()
        ? new Stop.Failed(
            operation
                .path("failure-cause")
                .path("stack-trace")
                .asText("Flink gives no reason")
                .lines()
                .findFirst()
                .orElse(""))
        : new Stop.Stopped(Path.of(URI.create(location)));
  }

  static Optional<String> runningJob(JsonNode overview) {
    for (JsonNode job : overview.path("jobs")) {
      if (job.path("state").asText().equals("RUNNING") && allTasksRun(job.path("tasks"))) {
        return Optional.of(job.path("jid").asText());
      }
    }
    return Optional.empty();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(root.resolve(path)).timeout(Duration.ofSeconds(5));
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() / 100 != 2) {
        throw new IOException(
            "Flink answers %s with status %d".formatted(request.uri(), response.statusCode()));
      }
      return JSON.readTree(body);
    }
  }

  private static boolean allTasksRun(JsonNode tasks) {
    return tasks.path("running").asInt() == tasks.path("total").asInt();
  }
}
