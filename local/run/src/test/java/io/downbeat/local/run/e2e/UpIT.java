package io.downbeat.local.run.e2e;

import static io.downbeat.local.run.e2e.LocalPlatform.part;
import static io.downbeat.local.run.e2e.LocalPlatform.pids;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.e2e.LocalPlatform.Result;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
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
  @TempDir Path directory;

  private LocalPlatform platform;

  @BeforeEach
  void choosePorts() {
    platform = new LocalPlatform(directory);
  }

  @AfterEach
  void leaveNothing() throws Exception {
    platform.close();
  }

  @Test
  void playsComeInAndAreCountedWhateverIsKilled() throws Exception {
    assertThat(platform.downbeat("status").code()).isEqualTo(3);

    String up = platform.run("up", "--detach");
    List<String> curls = up.lines().filter(line -> line.startsWith("curl ")).toList();
    assertThat(curls).hasSize(3);
    assertThat(platform.bash(curls.get(0)).output()).contains("\"accepted\":1");
    awaitCounted(curls.get(1));
    awaitCounted(curls.get(2));

    mendedPlayCountsOnceHoweverOftenItIsReplayed();
    whoSignsUpLikesATrackAndReadsItBack();

    JsonNode status = platform.status();
    assertThat(status.path("ready").asBoolean()).isTrue();
    assertThat(status.path("parts")).hasSize(8);
    assertThat(status.path("totals").path("resident_mb").asInt()).isBetween(500, 5_000);

    assertThat(platform.run("up")).contains("is running").contains(pids(status).get(0).toString());
    Result reset = platform.downbeat("reset", "--yes");
    assertThat(reset.code()).isEqualTo(1);
    assertThat(reset.output()).contains("./downbeat down");

    JsonNode mended = platform.kill("ingest-api");
    assertThat(part(mended, "ingest-api").path("restarts").asInt()).isEqualTo(1);
    assertThat(platform.log()).contains("ingest-api was killed (SIGKILL)");
    assertThat(platform.bash(curls.get(0)).output()).contains("\"accepted\":1");

    long before = part(platform.status(), "stream-jobs").path("pid").asLong();
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + platform.port("KAFKA")))) {
      // As where the platform is older than the topic.
      admin.deleteTopics(List.of(Topics.REJECTED.name())).all().get();
      assertThat(platform.run("upgrade")).contains("savepoints/savepoint-", "Upgraded in");
      assertThat(admin.listTopics().names().get()).contains(Topics.REJECTED.name());
    }
    long upgraded = part(platform.status(), "stream-jobs").path("pid").asLong();
    assertThat(upgraded).isNotEqualTo(before);
    assertThat(platform.run("rebuild")).contains("Rebuilt in");
    assertThat(part(platform.status(), "stream-jobs").path("pid").asLong()).isNotEqualTo(upgraded);
    awaitCounted(curls.get(1));

    List<Long> last = pids(platform.status());
    platform.run("down");
    assertThat(last).noneMatch(UpIT::isAlive);
    assertThat(platform.downbeat("status").code()).isEqualTo(3);

    Process foreground = platform.startInForeground("up");
    platform.await("ready", platform::status, now -> now.path("ready").asBoolean());
    String counts = platform.bash(curls.get(1)).output();
    assertThat(counts).as(platform.log()).contains("\"plays\":1");
    List<Long> again = pids(platform.status());
    platform.bash("kill -INT " + foreground.pid());
    assertThat(foreground.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(again).noneMatch(UpIT::isAlive);
    String key = Files.readString(directory.resolve(".downbeat/service-key")).strip();
    assertThat(platform.bash("grep -r -l -- " + key + " .downbeat").output().strip())
        .isEqualTo(".downbeat/service-key");

    platform.run("reset", "--yes");
    assertThat(directory.resolve(".downbeat"))
        .isDirectoryContaining("glob:**/service-key")
        .satisfies(left -> assertThat(left.toFile().list()).hasSize(1));
  }

  private void mendedPlayCountsOnceHoweverOftenItIsReplayed() throws Exception {
    UUID track = UUID.randomUUID();
    UnusablePlay.write(platform, track);
    String list =
        platform.await(
            "the rejected play",
            () -> platform.run("rejected", "list", "--reason", "played_millis is 90000000"),
            output -> output.contains("1 to look at"));
    String id = list.substring(0, list.indexOf(' '));
    assertThat(platform.run("rejected", "show", id)).contains(track.toString());

    String[] mend = {"rejected", "replay", id, "--set", "played_millis=180000"};
    Process killed = platform.start(directory.resolve("replay.txt"), mend);
    platform.await(
        "a replay under way, or over",
        () -> UnusablePlay.isDecided(platform) || !killed.isAlive(),
        begun -> begun);
    killed.destroyForcibly().waitFor();
    platform.run(mend);
    assertThat(platform.run(mend)).contains("0 replayed, 1 were so already");

    String count = "/v1/counts/tracks/" + track;
    platform.await(
        count, () -> platform.get(count).path("totals").path("plays").asLong(), plays -> plays > 0);
    JsonNode once = platform.get(count).path("totals");
    assertThat(once.path("plays").asLong()).isEqualTo(1);
    assertThat(once.path("listened_millis").asLong()).isEqualTo(180_000);
    assertThat(platform.run("rejected", "list")).contains("0 to look at, 1 replayed");
  }

  private void whoSignsUpLikesATrackAndReadsItBack() throws Exception {
    JsonNode account =
        platform.send(
            "POST",
            "/v1/accounts",
            "{\"email\":\"mira@example.org\",\"password\":\"correct horse\",\"name\":\"Mira\"}");
    assertThat(account.path("email").asText()).isEqualTo("mira@example.org");
    JsonNode session =
        platform.send(
            "POST",
            "/v1/sessions",
            "{\"email\":\"mira@example.org\",\"password\":\"correct horse\",\"device\":{\"type\":\"tv\",\"name\":\"sofa\"}}");
    String token = session.path("access_token").asText();
    String[] signedIn = {"Authorization", "Bearer " + token};
    String track = UUID.randomUUID().toString();

    JsonNode liked = platform.send("PUT", "/v1/me/likes/" + track, "", signedIn);

    assertThat(liked.toString()).contains(track);
    assertThat(platform.get("/v1/me/likes", signedIn).at("/items/0/id").asText()).isEqualTo(track);
    platform.await(
        "the like is counted",
        () -> platform.get("/v1/counts/tracks/" + track).at("/totals/likes").asLong(),
        likes -> likes == 1);
    assertThat(platform.get("/v1/devices", signedIn).at("/devices/0/name").asText())
        .isEqualTo("sofa");
    assertThat(platform.get("/v1/me", signedIn).path("plan").asText()).isEqualTo("free");
    String secrets =
        Stream.of("mira@", "correct horse", token, session.path("refresh_token").asText())
            .map(secret -> " -e '" + secret + "'")
            .collect(Collectors.joining());
    assertThat(platform.bash("grep -r -l -F" + secrets + " .downbeat/logs").output()).isEmpty();
  }

  private void awaitCounted(String curl) throws IOException, InterruptedException {
    platform.await(
        curl, () -> platform.bash(curl).output(), answer -> answer.contains("\"plays\":1"));
  }

  @Test
  void nothingOutlivesASupervisorThatIsKilled() throws Exception {
    Process supervisor = platform.start(directory.resolve("up.txt"), "up");
    JsonNode status = platform.await("processes", platform::status, now -> pids(now).size() >= 5);
    supervisor.destroyForcibly().waitFor();
    List<Long> pids = pids(status);
    platform.await(
        "nothing runs", () -> pids.stream().filter(UpIT::isAlive).toList(), List::isEmpty);
    platform.run("down");
  }

  @Test
  void aTakenPortIsNamedBeforeAnythingStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      platform.usePort("KAFKA", taken.getLocalPort());
      Result up = platform.downbeat("up");
      assertThat(up.code()).isEqualTo(1);
      assertThat(up.output())
          .contains("Port " + taken.getLocalPort() + " (kafka)")
          .contains("process " + ProcessHandle.current().pid())
          .contains("Nothing was started");
      assertThat(directory.resolve(".downbeat/logs/kafka.log")).doesNotExist();
    }
  }

  private static boolean isAlive(long pid) {
    try {
      return !Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
    } catch (IOException e) {
      return !Files.exists(Path.of("/proc/self")) && ProcessHandle.of(pid).isPresent();
    }
  }
}
