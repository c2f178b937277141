package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.e2e.Recount.Bucket;
import io.downbeat.local.run.e2e.Recount.Chart;
import io.downbeat.local.run.e2e.Recount.Entry;
import io.downbeat.local.run.e2e.Recount.Measures;
import io.downbeat.local.run.e2e.Recount.Thing;
import io.downbeat.local.run.simulate.Lake;
import io.downbeat.local.servers.Ports;
import io.downbeat.schemas.rules.ClosedTotal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** {@code ./downbeat} as a user has it, in a directory and on ports of its own. */
final class LocalPlatform implements AutoCloseable {
  private static final Path DOWNBEAT = Path.of("../../downbeat").toAbsolutePath().normalize();
  private static final Duration COMMAND = Duration.ofMinutes(10);
  private static final Duration AWAIT = Duration.ofMinutes(15);
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "hour", ChronoUnit.HOURS,
          "day", ChronoUnit.DAYS,
          "week", ChronoUnit.WEEKS,
          "all", ChronoUnit.FOREVER);
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private final List<Process> started = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  record Result(int code, String output) {}

  interface Look<T> {
    T now() throws IOException, InterruptedException;
  }

  LocalPlatform(Path directory) {
    this.directory = directory;
    environment.put("DOWNBEAT_SKIP_BUILD", "1");
    environment.put("DOWNBEAT_DATA_DIR", directory.resolve(".downbeat").toString());
    for (String name :
        List.of(
            "API",
            "INGEST",
            "SERVING",
            "FLINK",
            "FLINK_METRICS",
            "REGISTRY",
            "LAKE_CATALOG",
            "KAFKA",
            "KAFKA_CONTROLLER",
            "CASSANDRA",
            "CASSANDRA_STORAGE")) {
      usePort(name, Ports.free());
    }
  }

  /** Plays of the last so many days are counted as they come. */
  void openDays(int days) {
    environment.put("DOWNBEAT_OPEN_WINDOW_DAYS", Integer.toString(days));
  }

  void usePort(String name, int port) {
    environment.put("DOWNBEAT_" + name + "_PORT", Integer.toString(port));
  }

  int port(String name) {
    return Integer.parseInt(environment.get("DOWNBEAT_" + name + "_PORT"));
  }

  /** Runs a command to its end. */
  Result downbeat(String... arguments) throws IOException, InterruptedException {
    return finish(command(arguments));
  }

  /** Runs a command to its end, which must be a good one, and returns what it printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    Result result = downbeat(arguments);
    assertThat(result.code()).as("%s: %s", List.of(arguments), result.output()).isZero();
    return result.output();
  }

  /** Starts a command, with its output in a file. */
  Process start(Path output, String... arguments) throws IOException {
    return start(command(arguments), output);
  }

  /**
   * As a shell starts it for a user, deaf to no signal, even where this build was started in the
   * background.
   */
  Process startInForeground(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(command(arguments));
    if (Files.exists(Path.of("/proc/self"))) {
      command.addAll(0, List.of("env", "--default-signal=INT"));
    }
    return start(command, output());
  }

  Result bash(String script) throws IOException, InterruptedException {
    return finish(List.of("bash", "-c", script));
  }

  private Result finish(List<String> command) throws IOException, InterruptedException {
    Path output = output();
    Process process = start(command, output);
    boolean ended = process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS);
    assertThat(ended).as("%s ends: %s", command, Files.readString(output)).isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }

  /** What is left in the background holds no pipe: its output goes to a file. */
  private Process start(List<String> command, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static List<String> command(String... arguments) {
    return Stream.concat(Stream.of(DOWNBEAT.toString()), Stream.of(arguments)).toList();
  }

  private Path output() throws IOException {
    return Files.createTempFile(directory, "output", ".txt");
  }

  JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(downbeat("status", "--json").output());
  }

  static JsonNode part(JsonNode status, String name) {
    return parts(status)
        .filter(part -> part.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static List<Long> pids(JsonNode status) {
    return parts(status)
        .filter(part -> part.has("pid"))
        .map(part -> part.path("pid").asLong())
        .toList();
  }

  private static Stream<JsonNode> parts(JsonNode status) {
    return StreamSupport.stream(status.path("parts").spliterator(), false);
  }

  /** kill -9, and back again; what `status` says then. */
  JsonNode kill(String name) throws IOException, InterruptedException {
    long pid = part(status(), name).path("pid").asLong();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    return await(
        name + " is back",
        this::status,
        now -> now.path("ready").asBoolean() && part(now, name).path("pid").asLong() != pid);
  }

  /**
   * @param headers name, value, name, value and so on
   */
  JsonNode get(String path, String... headers) throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  /**
   * @param body JSON, or empty for none
   * @param headers name, value, name, value …
   */
  JsonNode send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("API") + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
  }

  /**
   * @return an access token
   */
  String signIn(String body) throws IOException, InterruptedException {
    return send("POST", "/v1/sessions", body).path("access_token").asText();
  }

  /** How many plays are counted so far. */
  long counted() throws IOException, InterruptedException {
    return get("/v1/counts/everything").path("totals").path("plays").asLong();
  }

  /** All time of a thing, as clients read it. */
  Map<Thing, Measures> allTime(Set<Thing> things) {
    return things.parallelStream()
        .collect(Collectors.toConcurrentMap(Function.identity(), this::allTime));
  }

  private Measures allTime(Thing thing) {
    try {
      return readAllTime(thing);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("Cannot read all time of " + thing, e);
    }
  }

  private Measures readAllTime(Thing thing) throws IOException, InterruptedException {
    String path =
        thing.kind().equals("everything") ? "everything" : thing.kind() + "s/" + thing.id();
    JsonNode answer = get("/v1/counts/" + path).path("totals");
    return new Measures(
        answer.path("plays").asLong(-1),
        answer.path("streams").asLong(-1),
        answer.path("listened_millis").asLong(-1),
        answer.path("skips").asLong(-1),
        answer.path("listeners").asLong(-1));
  }

  /** Every bucket of every thing, as the table has it; closed totals are not among them. */
  Map<Bucket, Measures> buckets() {
    Map<Bucket, Measures> buckets = new HashMap<>();
    try (CqlSession session = session()) {
      for (Row row : session.execute("SELECT * FROM counts")) {
        if (ClosedTotal.KEY.equals(row.getString("granularity"))) {
          continue;
        }
        Map<String, Long> measures = row.getMap("measures", String.class, Long.class);
        buckets.put(
            new Bucket(
                new Thing(row.getString("kind"), row.getUuid("id")),
                UNITS.get(row.getString("granularity")),
                row.getInstant("start")),
            new Measures(
                measures.getOrDefault("plays", 0L),
                measures.getOrDefault("streams", 0L),
                measures.getOrDefault("listened_millis", 0L),
                measures.getOrDefault("skips", 0L),
                measures.getOrDefault("listeners", 0L)));
      }
    }
    return buckets;
  }

  /** Every chart, as the table has it. */
  Map<Chart, List<Entry>> charts() {
    Map<Chart, List<Entry>> charts = new HashMap<>();
    try (CqlSession session = session()) {
      for (Row row : session.execute("SELECT * FROM charts")) {
        charts.put(
            new Chart(
                row.getUuid("scope"), UNITS.get(row.getString("window")), row.getInstant("start")),
            row.getList("top", TupleValue.class).stream()
                .map(pair -> new Entry(pair.getUuid(0), pair.getLong(1)))
                .toList());
      }
    }
    return charts;
  }

  /** Changes tables behind the platform's back. */
  void execute(String... statements) {
    try (CqlSession session = session()) {
      for (String cql : statements) {
        session.execute(SimpleStatement.newInstance(cql).setTimeout(COMMAND));
      }
    }
  }

  private CqlSession session() {
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress("127.0.0.1", port("CASSANDRA")))
        .withLocalDatacenter("datacenter1")
        .withKeyspace("downbeat")
        .build();
  }

  /** Rows of {@code lake.plays} in its current snapshot. */
  long lakeRows() throws IOException, InterruptedException {
    return new Lake(URI.create("http://127.0.0.1:" + port("LAKE_CATALOG"))).plays();
  }

  <T> T await(String what, Look<T> look, Predicate<T> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + AWAIT.toNanos();
    T seen = look.now();
    while (!wanted.test(seen)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not in time: " + what + "; seen last: " + seen + "\n" + log());
      }
      TimeUnit.MILLISECONDS.sleep(200);
      seen = look.now();
    }
    return seen;
  }

  /** Until what is seen differs in nothing from what is wanted. */
  <K, V> void awaitEqual(String what, Look<Map<K, V>> look, Map<K, V> wanted)
      throws IOException, InterruptedException {
    await(what, () -> Recount.difference(look.now(), wanted).size(), different -> different == 0);
  }

  /** What the supervisor wrote of late. */
  String log() throws IOException, InterruptedException {
    return downbeat("logs", "supervisor").output();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    started.forEach(Process::destroy);
    downbeat("down");
  }
}
