package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job of older code is stopped with a savepoint, and today's code goes on from it. */
@Tag("long")
class UpgradeIT {
  private static final int PLAYS = 2_000;
  private static final UUID TRACK = new UUID(4, 1);
  private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private static final Path COUNTERS =
      Path.of("../schemas/src/main/java/io/downbeat/schemas/rules/Counters.java");
  private static final Path TOTAL = Path.of("src/main/java/io/downbeat/stream/counts/Total.java");
  private static final Path JOB = Path.of("src/main/java/io/downbeat/stream/PlaysJob.java");

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @ParameterizedTest
  @ValueSource(strings = {"hashmap", "rocksdb"})
  void whatIsAddedCountsFromThenOnAndTheOthersGoOn(String backend) throws Exception {
    Fresh fresh = SERVERS.fresh().createTopics().createTables();
    Map<String, String> environment = Map.of("STATE_BACKEND", backend);
    Library library = new Library();
    try (RunningJob old =
        new RunningJob(fresh, home, PlaysJob.class, List.of(olderClasses()), environment)) {
      old.start();
      library.change(old, 300);
      send(old, 0);
      old.await("old counts", () -> ServedCounts.ofEverything(old.session, "plays") == PLAYS);
      assertThat(ServedCounts.ofEverything(old.session, "skips"))
          .as("the old code does not know skips")
          .isZero();
      assertThat(new ExpectedPopularity().differences(fresh)).as("nor popularity").isEmpty();
      assertThat(ServedCounts.fans(old.session)).as("nor likes").isEmpty();
      Path savepoint = old.stopWithSavepoint();
      assertThat(Checkpoint.newest(home.resolve("state")).orElseThrow().path())
          .isEqualTo(savepoint);
    }
    try (RunningJob job = new RunningJob(fresh, home, PlaysJob.class, List.of(), environment)) {
      job.start();
      library.change(job, 300);
      List<Play> plays = send(job, PLAYS);
      send(job, 0);
      job.await("all counts", () -> ServedCounts.ofEverything(job.session, "plays") == 2 * PLAYS);
      String hour = "track " + TRACK + " hour " + HOUR + " ";
      assertThat(ServedCounts.all(job.session))
          .containsEntry(hour + "plays", 2L * PLAYS)
          .containsEntry(hour + "listened_millis", 40_000L * 2 * PLAYS)
          .containsEntry(hour + "streams", 2L * PLAYS)
          .containsEntry(hour + "skips", PLAYS / 4L);
      ExpectedPopularity popularity = new ExpectedPopularity();
      plays.forEach(play -> popularity.add(PopularityKind.TRACK, TRACK, play));
      job.await("popularity", () -> popularity.differences(fresh).isEmpty());
      job.await(
          "likes, all that the log has",
          () -> ServedCounts.fans(job.session).equals(library.fans()));
      job.await("the lake", () -> job.lakeRows("plays").size() >= 2 * PLAYS);
      List<UUID> rows = job.lakeRows("plays");
      assertThat(rows).hasSize(2 * PLAYS);
      assertThat(new HashSet<>(rows)).hasSize(2 * PLAYS);
    }
  }

  private static List<Play> send(RunningJob job, int from) throws IOException {
    List<Play> plays = new ArrayList<>();
    for (int i = from; i < from + PLAYS; i++) {
      UUID user = new UUID(2, i % 50);
      Play play =
          Play.newBuilder()
              .setPlayId(new UUID(1, i))
              .setUserId(user)
              .setTrackId(TRACK)
              .setStartedAt(HOUR.plusMillis(i))
              .setPlayedMillis(40_000)
              .setEndReason(i % 4 == 0 ? EndReason.SKIPPED : EndReason.COMPLETED)
              .setReceivedAt(HOUR)
              .build();
      job.send(Topics.PLAYS, user, play);
      plays.add(play);
    }
    job.flush();
    return plays;
  }

  /** As they were before the last counter was added, popularity, and likes. */
  private Path olderClasses() throws IOException {
    Path counters = without(",\\s*SKIPS\\(.*\\)(?=;)", COUNTERS);
    Path total =
        without(
            "popularity = state\\(.*;|addPopularity\\(thing, changes.popularity\\(\\)\\);", TOTAL);
    Path job =
        without(
            "SingleOutputStreamOperator<ListChange> changes =[^;]*;"
                + "|,\\s*changes.getSideOutput\\(Decode.REJECTED\\)"
                + "|CassandraFans.append\\([^;]*;",
            JOB);
    Path classes = Files.createDirectories(home.resolve("older"));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                counters.toString(),
                total.toString(),
                job.toString());
    assertThat(code).as("javac").isZero();
    return classes;
  }

  private Path without(String added, Path file) throws IOException {
    String source = Files.readString(file);
    String older = source.replaceAll(added, "");
    assertThat(older).isNotEqualTo(source);
    return Files.writeString(home.resolve(file.getFileName()), older);
  }
}
