package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.servers.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** {@code ./downbeat} as a user has it, in a directory and on ports of its own. */
final class LocalPlatform implements AutoCloseable {
  private static final Path DOWNBEAT = Path.of("../../downbeat").toAbsolutePath().normalize();
  private static final Duration COMMAND = Duration.ofMinutes(10);

  /** The codes of `status`: ready, or running but not ready. */
  private static final Set<Integer> READY_OR_NOT = Set.of(0, 1);

  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private final List<Process> started = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  interface Look<T> {
    T now() throws IOException, InterruptedException;
  }

  /** Starts everything and waits until all of it is ready. */
  LocalPlatform(Path directory) throws IOException, InterruptedException {
    this.directory = directory;
    environment.put("DOWNBEAT_SKIP_BUILD", "1");
    environment.put("DOWNBEAT_DATA_DIR", directory.resolve(".downbeat").toString());
    for (String name :
        List.of(
            "API",
            "INGEST",
            "SERVING",
            "FLINK",
            "REGISTRY",
            "LAKE_CATALOG",
            "KAFKA",
            "KAFKA_CONTROLLER",
            "CASSANDRA",
            "CASSANDRA_STORAGE")) {
      environment.put("DOWNBEAT_" + name + "_PORT", Integer.toString(Ports.free()));
    }
    run("up", "--detach");
  }

  int port(String name) {
    return Integer.parseInt(environment.get("DOWNBEAT_" + name + "_PORT"));
  }

  URI api(String path) {
    return URI.create("http://127.0.0.1:" + port("API") + path);
  }

  /** Runs a command to its end, which must be a good one, and returns what it printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    return run(Set.of(0), arguments);
  }

  private String run(Set<Integer> goodCodes, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process = start(output, arguments);
    assertThat(process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS))
        .as("%s ends: %s", List.of(arguments), Files.readString(output))
        .isTrue();
    assertThat(goodCodes)
        .as("%s: %s", List.of(arguments), Files.readString(output))
        .contains(process.exitValue());
    return Files.readString(output);
  }

  /** Starts a command; its output goes to a file, so that nothing left behind holds a pipe. */
  Process start(Path output, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of(DOWNBEAT.toString()), Stream.of(arguments)).toList())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** kill -9, and back again. */
  void kill(String part) throws IOException, InterruptedException {
    long pid = part(part).path("pid").asLong();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    await(
        part + " is back",
        () -> part(part),
        now -> now.path("pid").asLong() != pid && now.path("state").asText().equals("ready"));
  }

  private JsonNode part(String name) throws IOException, InterruptedException {
    JsonNode status = JSON.readTree(run(READY_OR_NOT, "status", "--json"));
    return StreamSupport.stream(status.path("parts").spliterator(), false)
        .filter(part -> part.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(api(path)).build(), BodyHandlers.ofString()).body());
  }

  /** How many plays are counted so far. */
  long counted() throws IOException, InterruptedException {
    return get("/v1/counts/everything").path("totals").path("plays").asLong();
  }

  /** Rows of {@code lake.plays} in its current snapshot. */
  long lakeRows() throws IOException, InterruptedException {
    URI table =
        URI.create("http://127.0.0.1:" + port("LAKE_CATALOG") + "/v1/namespaces/lake/tables/plays");
    JsonNode metadata =
        JSON.readTree(
                http.send(HttpRequest.newBuilder(table).build(), BodyHandlers.ofString()).body())
            .path("metadata");
    long current = metadata.path("current-snapshot-id").asLong();
    return StreamSupport.stream(metadata.path("snapshots").spliterator(), false)
        .filter(snapshot -> snapshot.path("snapshot-id").asLong() == current)
        .mapToLong(snapshot -> snapshot.path("summary").path("total-records").asLong())
        .findFirst()
        .orElse(0);
  }

  <T> T await(String what, Look<T> look, Predicate<T> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(15).toNanos();
    T seen = look.now();
    while (!wanted.test(seen)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Not in time: " + what + "; seen last: " + seen + "\n" + run("logs", "supervisor"));
      }
      TimeUnit.MILLISECONDS.sleep(200);
      seen = look.now();
    }
    return seen;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    started.forEach(Process::destroy);
    run("down");
  }
}
