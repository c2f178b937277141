package io.downbeat.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The job on a standalone Flink cluster, as docs/flink-cluster.md has it. */
@Tag("long")
class ClusterIT {
  private static final int PLAYS = 6_000;
  private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private static final Path CONFIG = Path.of("../docs/flink-cluster/config.yaml");

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final int restPort = Ports.free();
  private final int rpcPort = Ports.free();
  private final String metricsPorts =
      Stream.generate(Ports::free).limit(4).map(String::valueOf).collect(Collectors.joining(","));
  private final List<ChildJvm> started = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @AfterEach
  void stop() {
    started.forEach(ChildJvm::kill);
  }

  @Test
  void aKilledTaskManagerLosesNothingAndNothingIsCountedTwice() throws Exception {
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(
        home.resolve("conf/config.yaml"),
        Files.readString(CONFIG)
                .replace("/var/lib/flink", home.toString())
                .replace("8081", Integer.toString(restPort))
                .replace("9250-9260", metricsPorts)
                .replace("6123", Integer.toString(rpcPort))
                .replace("numberOfTaskSlots: 2", "numberOfTaskSlots: 1")
            + "\nexecution.checkpointing.interval: 2 s\n");
    Ready rest = Ready.answers(URI.create("http://127.0.0.1:" + restPort + "/overview"));
    start("jobmanager", StandaloneSessionClusterEntrypoint.class, rest).awaitReady();
    start("taskmanager-1", TaskManagerRunner.class, rest);
    start("taskmanager-2", TaskManagerRunner.class, rest);

    try (RunningJob job = new RunningJob(fresh, home, PlaysJob.class, List.of(), Map.of())) {
      job.await("both task managers", () -> rest("/overview").contains("\"taskmanagers\":2"));
      submit();
      send(job, 0, PLAYS / 3);
      job.await("the lake", () -> isInLake(job, 1));

      send(job, PLAYS / 3, 2 * PLAYS / 3);
      started.get(1).kill();
      send(job, 2 * PLAYS / 3, PLAYS);
      send(job, 0, PLAYS / 3);
      start("taskmanager-3", TaskManagerRunner.class, rest);

      job.await("counts", () -> ServedCounts.ofEverything(job.session, "plays") >= PLAYS);
      job.await("the lake", () -> isInLake(job, PLAYS));
      assertThat(ServedCounts.ofEverything(job.session, "plays")).isEqualTo(PLAYS);
      assertThat(ServedCounts.ofEverything(job.session, "listened_millis"))
          .isEqualTo(40_000L * PLAYS);
      List<UUID> rows = job.lakeRows("plays");
      assertThat(rows).hasSize(PLAYS);
      assertThat(new HashSet<>(rows)).hasSize(PLAYS);
      String jobs = rest("/jobs/overview");
      assertThat(jobs).contains("\"name\":\"plays\"", "\"state\":\"RUNNING\"");
      String id = jobs.replaceFirst(".*\"jid\":\"([0-9a-f]+)\".*", "$1");
      assertThat(rest("/jobs/" + id + "/checkpoints/config"))
          .as("the cluster's, not the job's own")
          .contains("\"interval\":2000");
      assertThat(Checkpoint.newest(home)).as("where the cluster keeps them").isPresent();
      assertThat(scrape())
          .as("of the task managers")
          .contains("flink_taskmanager_job_task_operator_numRecordsIn{");
      assertThat(home.resolve("state")).as("where the job alone would").doesNotExist();
    }
  }

  private ChildJvm start(String name, Class<?> mainClass, Ready ready) {
    ChildJvm child =
        new ChildJvm(
            new ChildJvm.Spec(home, name, RunningJob.classpath(), mainClass.getName(), ready)
                .withJvmArgs(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"))
                .withArgs("--configDir", home.resolve("conf").toString())
                .withEnvironment(RunningJob.environment(fresh, home)));
    child.start();
    started.add(child);
    return child;
  }

  private void submit() throws Exception {
    Path jar = jar();
    Map<String, String> environment =
        Stream.concat(
                RunningJob.environment(fresh, home).entrySet().stream()
                    .filter(each -> !each.getKey().equals("CHECKPOINT_INTERVAL")),
                Stream.of(Map.entry("FLINK_CONF_DIR", home.resolve("conf").toString())))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    ChildJvm client =
        new ChildJvm(
            new ChildJvm.Spec(
                    home,
                    "client",
                    RunningJob.classpath(),
                    CliFrontend.class.getName(),
                    new Ready.LogLine("Job has been submitted"))
                .withJvmArgs(
                    List.of(
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens=java.base/java.util=ALL-UNNAMED"))
                .withArgs("run", "--detached", "--class", PlaysJob.class.getName(), jar.toString())
                .withEnvironment(environment));
    client.start();
    started.add(client);
    assertThat(client.onExit().get(2, TimeUnit.MINUTES)).as(client.logTail()).isZero();
  }

  /** Its module's jar; made here where the job's classes are not packaged yet. */
  private Path jar() throws IOException, URISyntaxException {
    Path classes =
        Path.of(PlaysJob.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(classes)) {
      return classes;
    }
    Path jar = home.resolve("stream-jobs.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> files = Files.walk(classes)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
      }
    }
    return jar;
  }

  private static boolean isInLake(RunningJob job, int rows) {
    return job.lakeRows("plays").size() >= rows;
  }

  private String rest(String path) {
    return get(Integer.toString(restPort), path);
  }

  /** Of every process that took one of the ports. */
  private String scrape() {
    return Stream.of(metricsPorts.split(","))
        .map(port -> get(port, "/metrics"))
        .collect(Collectors.joining("\n"));
  }

  private static String get(String port, String path) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              BodyHandlers.ofString(UTF_8))
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void send(RunningJob job, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      UUID user = new UUID(2, i % 50);
      job.send(
          Topics.PLAYS,
          user,
          Play.newBuilder()
              .setPlayId(new UUID(1, i))
              .setUserId(user)
              .setTrackId(new UUID(4, i % 30))
              .setStartedAt(HOUR.plusMillis(i))
              .setPlayedMillis(40_000)
              .setEndReason(EndReason.COMPLETED)
              .setReceivedAt(HOUR)
              .build());
    }
    job.flush();
  }
}
