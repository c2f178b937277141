package io.downbeat.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.servers.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./downbeat} as a user has it: the launcher, the built modules, real servers, real signals.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class UpIT {
  private static final Path DOWNBEAT = Path.of("../../downbeat").toAbsolutePath().normalize();
  private static final Duration START = Duration.ofMinutes(6);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> environment = new TreeMap<>();

  @TempDir Path directory;

  private record Result(int code, String output) {}

  @BeforeEach
  void choosePorts() {
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
  }

  @AfterEach
  void leaveNothing() throws Exception {
    downbeat("down");
  }

  @Test
  void playsComeInAndAreCountedWhateverIsKilled() throws Exception {
    assertThat(downbeat("status").code()).isEqualTo(3);

    Result up = downbeat("up", "--detach");
    assertThat(up.code()).as(up.output()).isZero();
    List<String> curls = up.output().lines().filter(line -> line.startsWith("curl ")).toList();
    assertThat(curls).hasSize(3);
    assertThat(bash(curls.get(0)).output()).contains("\"accepted\":1");
    await(() -> bash(curls.get(1)).output(), answer -> answer.contains("\"plays\":1"));
    await(() -> bash(curls.get(2)).output(), answer -> answer.contains("\"plays\":1"));

    JsonNode status = status();
    assertThat(status.path("ready").asBoolean()).isTrue();
    assertThat(status.path("parts")).hasSize(8);
    assertThat(status.path("totals").path("resident_mb").asInt()).isBetween(500, 5_000);
    List<Long> pids = pids(status);

    Result second = downbeat("up");
    assertThat(second.code()).isZero();
    assertThat(second.output()).contains("is running").contains(pids.get(0).toString());
    Result reset = downbeat("reset", "--yes");
    assertThat(reset.code()).isEqualTo(1);
    assertThat(reset.output()).contains("./downbeat down");

    long ingest = pid(status, "ingest-api");
    ProcessHandle.of(ingest).orElseThrow().destroyForcibly();
    JsonNode mended =
        await(
            this::status, now -> now.path("ready").asBoolean() && pid(now, "ingest-api") != ingest);
    assertThat(part(mended, "ingest-api").path("restarts").asInt()).isEqualTo(1);
    assertThat(downbeat("logs", "supervisor").output()).contains("ingest-api was killed (SIGKILL)");
    assertThat(bash(curls.get(0)).output()).contains("\"accepted\":1");

    List<Long> last = pids(status());
    Result down = downbeat("down");
    assertThat(down.code()).as(down.output()).isZero();
    assertThat(last).noneMatch(UpIT::isAlive);
    assertThat(downbeat("status").code()).isEqualTo(3);

    Process foreground = startInForeground();
    await(this::status, now -> now.path("ready").asBoolean());
    assertThat(bash(curls.get(1)).output()).contains("\"plays\":1");
    List<Long> again = pids(status());
    bash("kill -INT " + foreground.pid());
    assertThat(foreground.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(again).noneMatch(UpIT::isAlive);
    String key = Files.readString(directory.resolve(".downbeat/service-key")).strip();
    assertThat(bash("grep -r -l -- " + key + " .downbeat").output().strip())
        .isEqualTo(".downbeat/service-key");
  }

  @Test
  void nothingOutlivesASupervisorThatIsKilled() throws Exception {
    Process supervisor = start("up");
    JsonNode status = await(this::status, now -> pids(now).size() >= 5);
    supervisor.destroyForcibly().waitFor();
    List<Long> pids = pids(status);
    await(() -> pids.stream().filter(UpIT::isAlive).toList(), List::isEmpty);
    assertThat(downbeat("down").code()).isZero();
  }

  @Test
  void aTakenPortIsNamedBeforeAnythingStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      environment.put("DOWNBEAT_KAFKA_PORT", Integer.toString(taken.getLocalPort()));
      Result up = downbeat("up");
      assertThat(up.code()).isEqualTo(1);
      assertThat(up.output())
          .contains("Port " + taken.getLocalPort() + " (kafka)")
          .contains("process " + ProcessHandle.current().pid())
          .contains("Nothing was started");
      assertThat(directory.resolve(".downbeat/logs/kafka.log")).doesNotExist();
    }
  }

  /**
   * As a shell starts it for a user, deaf to no signal, even where this build was started in the
   * background.
   */
  private Process startInForeground() throws IOException {
    List<String> command = new ArrayList<>(command("up"));
    if (Files.exists(Path.of("/proc/self"))) {
      command.addAll(0, List.of("env", "--default-signal=INT"));
    }
    return process(command, Files.createTempFile(directory, "output", ".txt"));
  }

  private Process start(String... arguments) throws IOException {
    return process(command(arguments), Files.createTempFile(directory, "output", ".txt"));
  }

  private Result downbeat(String... arguments) throws IOException, InterruptedException {
    return finish(command(arguments));
  }

  private Result bash(String script) throws IOException, InterruptedException {
    return finish(List.of("bash", "-c", script));
  }

  private static List<String> command(String... arguments) {
    return Stream.concat(Stream.of(DOWNBEAT.toString()), Stream.of(arguments)).toList();
  }

  private Result finish(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process = process(command, output);
    boolean ended = process.waitFor(START.toSeconds(), TimeUnit.SECONDS);
    assertThat(ended).as("%s: %s", command, Files.readString(output)).isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }

  /**
   * In another directory, with the output in a file: what is left in the background holds no pipe.
   */
  private Process process(List<String> command, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(downbeat("status", "--json").output());
  }

  private interface Look<T> {
    T now() throws IOException, InterruptedException;
  }

  private static <T> T await(Look<T> look, Predicate<T> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SOON.toNanos();
    T seen = look.now();
    while (!wanted.test(seen)) {
      assertThat(System.nanoTime()).as("still seen after %s: %s", SOON, seen).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(200);
      seen = look.now();
    }
    return seen;
  }

  private static JsonNode part(JsonNode status, String name) {
    return StreamSupport.stream(status.path("parts").spliterator(), false)
        .filter(part -> part.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static long pid(JsonNode status, String name) {
    return part(status, name).path("pid").asLong();
  }

  private static List<Long> pids(JsonNode status) {
    return StreamSupport.stream(status.path("parts").spliterator(), false)
        .filter(part -> part.has("pid"))
        .map(part -> part.path("pid").asLong())
        .toList();
  }

  private static boolean isAlive(long pid) {
    try {
      return !Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
    } catch (IOException e) {
      return !Files.exists(Path.of("/proc/self")) && ProcessHandle.of(pid).isPresent();
    }
  }
}
