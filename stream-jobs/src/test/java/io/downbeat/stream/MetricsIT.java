package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus reads of a job that runs. */
class MetricsIT {
  private static final int PLAYS = 300;
  private static final int INVALID = 7;

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @Test
  void aScrapeShowsWhatCameInAndWhatWasRejectedAndWhy() throws Exception {
    Fresh fresh = SERVERS.fresh().createTopics().createTables();
    try (RunningJob job = new RunningJob(fresh, home, PlaysJob.class, List.of(), Map.of())) {
      job.start();
      for (int i = 0; i < PLAYS + INVALID; i++) {
        job.send(Topics.PLAYS, new UUID(2, i), play(i, i < PLAYS ? 40_000 : -1));
      }
      job.flush();
      job.await("counts", () -> ServedCounts.ofEverything(job.session, "plays") == PLAYS);

      assertThat(sum(job, "numRecordsIn", "operator_name=\"Source:_plays\""))
          .isEqualTo(PLAYS + INVALID);
      assertThat(
              sum(job, "reason_rejected", "operator_name=\"decode_plays\"", "reason=\"invalid\""))
          .isEqualTo(INVALID);
      assertThat(sum(job, "reason_rejected", "reason=\"unreadable\"")).isZero();
      assertThat(sum(job, "reason_rejected", "reason=\"undecided\"")).isZero();
    }
  }

  /** Over all tasks. */
  private static double sum(RunningJob job, String metric, String... labels) {
    List<String> lines =
        job.metrics().stream()
            .filter(line -> line.startsWith("flink_taskmanager_job_task_operator_" + metric + "{"))
            .filter(line -> Stream.of(labels).allMatch(line::contains))
            .toList();
    assertThat(lines).as(metric).isNotEmpty();
    return lines.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Play play(int i, int playedMillis) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return Play.newBuilder()
        .setPlayId(new UUID(1, i))
        .setUserId(new UUID(2, i))
        .setTrackId(new UUID(4, 1))
        .setStartedAt(now)
        .setPlayedMillis(playedMillis)
        .setEndReason(EndReason.COMPLETED)
        .setReceivedAt(now)
        .build();
  }
}
