package io.downbeat.local.run.e2e;

import static io.downbeat.local.run.e2e.LocalPlatform.part;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.e2e.LocalPlatform.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** State that the code of stream-jobs cannot go on from is told, and made anew. */
@Tag("long")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class UnreadableStateIT {
  private static final Path STREAM_JOBS = Path.of("../../stream-jobs").toAbsolutePath().normalize();
  private static final Path SOURCE =
      STREAM_JOBS.resolve("src/main/java/io/downbeat/stream/dedup/FirstOfEachPlay.java");
  private static final String WHAT_TO_DO = "./downbeat rebuild";

  @TempDir Path directory;

  private LocalPlatform platform;

  @AfterEach
  void leaveNothing() throws Exception {
    platform.close();
  }

  @Test
  void otherCodeSaysWhatIsWrongAndWhatMendsItAndEverythingElseRuns() throws Exception {
    platform = new LocalPlatform(directory);
    platform.run("up", "--detach");
    play();
    platform.await("counted", platform::counted, plays -> plays == 1);
    platform.await("in the lake", platform::lakeRows, rows -> rows == 1);

    replaceCode("uid(\"first of each play\")", "uid(\"first of every play\")");
    kill();
    awaitBlocked();
    assertThat(platform.log()).contains("Cannot map checkpoint/savepoint state for operator");

    replaceCode(
        "ValueState<Boolean>", "ValueState<Byte>",
        "ValueStateDescriptor<Boolean>", "ValueStateDescriptor<Byte>",
        "Types.BOOLEAN", "Types.BYTE",
        "seen.update(true)", "seen.update((byte) 1)");
    platform.await("the reason", platform::log, log -> log.contains("StateMigrationException"));
    play();
    assertThat(platform.run("rebuild")).contains("Rebuilt in");
    platform.await("counted", platform::counted, plays -> plays == 2);
    platform.await("in the lake", platform::lakeRows, rows -> rows == 2);
    platform.run("down");

    Result up = platform.downbeat("up", "--detach");
    assertThat(up.code()).as(up.output()).isEqualTo(1);
    assertThat(up.output()).contains("cannot read its state", WHAT_TO_DO, "runs in the background");
    awaitBlocked();
    play();
    assertThat(platform.counted()).as("still read").isEqualTo(2);
    assertThat(platform.run("rebuild")).contains("Rebuilt in");
    platform.await("counted", platform::counted, plays -> plays == 3);
    assertThat(platform.downbeat("status").code()).isZero();
  }

  private void kill() throws Exception {
    long pid = part(platform.status(), "stream-jobs").path("pid").asLong();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  private void awaitBlocked() throws IOException, InterruptedException {
    JsonNode status =
        platform.await(
            "what to do",
            platform::status,
            now -> part(now, "stream-jobs").path("state").asText().equals("blocked"));
    assertThat(part(status, "stream-jobs").path("note").asText()).contains(WHAT_TO_DO);
    assertThat(part(status, "serving-api").path("state").asText()).isEqualTo("ready");
    assertThat(platform.downbeat("status").output()).contains(WHAT_TO_DO);
  }

  private void play() throws IOException, InterruptedException {
    String body =
        "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"'$(date -u +%%FT%%TZ)'\",\"played_millis\":40000}"
            .formatted(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    String curl =
        "curl -sS -H \"Authorization: Bearer $(cat .downbeat/service-key)\" -H 'Content-Type: application/json' -d '%s' http://127.0.0.1:%d/v1/plays"
            .formatted(body, platform.port("API"));
    assertThat(platform.bash(curl).output()).contains("\"accepted\":1");
  }

  /**
   * In what is started next.
   *
   * @param changes text of one class, what it becomes, and so on
   */
  private void replaceCode(String... changes) throws IOException {
    String source = Files.readString(SOURCE);
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(source).contains(changes[i]);
      source = source.replace(changes[i], changes[i + 1]);
    }
    Path file = Files.writeString(directory.resolve(SOURCE.getFileName()), source);
    String classpath =
        STREAM_JOBS.resolve("target/classes")
            + ":"
            + Files.readString(STREAM_JOBS.resolve("target/classpath")).strip();
    Path staged = directory.resolve(".downbeat/stream-jobs-code/0-classes");
    List<String> javac =
        List.of("-proc:none", "-d", staged.toString(), "-cp", classpath, file.toString());
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, javac.toArray(String[]::new)))
        .as("javac")
        .isZero();
  }
}
