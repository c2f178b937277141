package io.downbeat.stream;

import static org.apache.flink.runtime.execution.ExecutionState.FINISHED;
import static org.apache.flink.runtime.execution.ExecutionState.RUNNING;

import com.typesafe.config.ConfigFactory;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.fans.FanCounts;
import io.downbeat.stream.fans.ListChange;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.KafkaLog;
import io.downbeat.stream.io.LogRecord;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.Registry;
import io.downbeat.stream.lakehouse.PlaysTable;
import io.downbeat.stream.recent.CassandraRecent;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo.JobVertexDetailsInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the state of {@link PlaysJob} anew, for the next epoch, while no other job writes to the
 * lake: that of plays from the lake, that of listeners' lists from their topic, which keeps the
 * newest change of every entry. It ends with the state in a savepoint, beside it the offsets of
 * topic plays that follow, and last the epoch: from then on the plays job starts from there, writes
 * every total once, and goes on with the log.
 *
 * <p>Until that last step nothing has changed for anyone, so it may end at any moment and be run
 * again. The steps of the plays job keep their uids; of this one's own, the plays job knows nothing
 * and starts without their state.
 */
public final class RebuildJob {
  private static final Logger LOG = LoggerFactory.getLogger(RebuildJob.class);
  private static final long LOOK_MILLIS = 200;
  private static final String FROM_LAKE = "plays of lake.";
  private static final String SO_FAR = "so far: ";

  private RebuildJob() {}

  public static void main(String[] args) throws Exception {
    rebuild(StreamConfig.from(ConfigFactory.load()));
  }

  /** Returns the epoch that begins with the state that was made. */
  static Epoch rebuild(StreamConfig config) throws Exception {
    CassandraCluster serving =
        new CassandraCluster(
            config.cassandraContactPoint(),
            config.cassandraDatacenter(),
            config.cassandraKeyspace());
    Epoch before = StreamEpoch.now(serving);
    Epoch next = before.afterRebuild();
    delete(JobEnvironment.state(config, next)); // of a rebuild that did not come to its end
    StreamExecutionEnvironment env = JobEnvironment.of(config, next);

    Registry registry = new Registry(config.schemaRegistryUrl());
    KafkaLog log = new KafkaLog(config.kafkaBootstrapServers(), config.topicPrefix(), registry);
    List<PlaysTable.Snapshot> lake = new ArrayList<>();
    for (PlaysTable table :
        List.of(
            PlaysTable.plays(config.lakeCatalogUrl(), config.lakeNamespace()),
            PlaysTable.backfill(config.lakeCatalogUrl(), config.lakeNamespace()))) {
      table.create();
      table.snapshot().ifPresent(lake::add);
    }
    LogTail tail =
        LogTail.find(
            config.kafkaBootstrapServers(),
            log.nameOf(Topics.PLAYS),
            lastOffsets(lake),
            Clock.systemUTC());

    SingleOutputStreamOperator<CatalogTrack> tracks =
        Decode.append(
            log.records(env, Topics.TRACKS),
            Topics.TRACKS,
            registry,
            CatalogTrack::of,
            CatalogTrack.TYPE);
    log.keep(tracks.getSideOutput(Decode.REJECTED), Topics.REJECTED);
    DataStream<LoggedPlay> logged = neverEnding(tracks, LoggedPlay.TYPE, "no plays");
    for (PlaysTable.Snapshot snapshot : lake) {
      logged = logged.union(snapshot.plays(env, FROM_LAKE, tail.since()));
    }
    CountedPlays counted = CountedPlays.append(logged, tracks, log, config, false);
    OpenWindow window = config.openWindow();
    CassandraRecent.append(
        counted
            .plays()
            .filter(play -> window.isOpen(Granularity.DAY, play.startedAt(), play.loggedAt()))
            .name("of open days")
            .uid("of open days"),
        serving);

    SingleOutputStreamOperator<ListChange> changes =
        Decode.append(
            log.recordsSoFar(env, Topics.LIBRARY_CHANGES, SO_FAR + Topics.LIBRARY_CHANGES.name())
                .union(neverEnding(tracks, TypeInformation.of(LogRecord.class), "no changes")),
            Topics.LIBRARY_CHANGES,
            registry,
            ListChange::of,
            ListChange.TYPE);
    FanCounts.append(changes, config.flushInterval(), false);

    LOG.info("Reading {} tables of the lake; the log goes on from {}", lake.size(), tail);
    String savepoint = run(env, lake.size() + 1);
    if (JobEnvironment.isEmbedded(env)) {
      awaitFree(config.restPort());
      awaitFree(config.metricsPort());
    }
    tail.position().write(savepoint);
    StreamEpoch.move(serving, before, next);
    LOG.info("Epoch {} of counts begins, with the state in {}", next.number(), savepoint);
    delete(Checkpoint.checkpoints(JobEnvironment.state(config, before)));
    delete(Checkpoint.savepoints(JobEnvironment.state(config, before)));
    return next;
  }

  /** Returns the savepoint, once the job has ended. */
  private static String run(StreamExecutionEnvironment env, int endingSources) throws Exception {
    JobClient job = env.executeAsync("rebuild");
    try {
      awaitEnds(job, env.getConfiguration().toMap(), endingSources);
      String savepoint = job.stopWithSavepoint(false, null, SavepointFormatType.CANONICAL).get();
      job.getJobExecutionResult().get();
      return savepoint;
    } catch (Exception e) {
      if (!job.getJobStatus().get().isTerminalState()) {
        job.cancel().get();
      }
      throw e;
    }
  }

  private static Map<Integer, Long> lastOffsets(List<PlaysTable.Snapshot> lake) throws IOException {
    Map<Integer, Long> last = new HashMap<>();
    for (PlaysTable.Snapshot snapshot : lake) {
      snapshot
          .lastOffsets()
          .forEach((partition, offset) -> last.merge(partition, offset, Math::max));
    }
    return last;
  }

  /** Nothing; but while the catalogue can grow, no step ends and takes its state with it. */
  private static <T> DataStream<T> neverEnding(
      DataStream<CatalogTrack> tracks, TypeInformation<T> type, String name) {
    return tracks
        .flatMap((CatalogTrack track, Collector<T> out) -> {})
        .returns(type)
        .name(name)
        .uid(name);
  }

  /**
   * Returns when everything has been read that has an end; what is on its way comes before a
   * barrier.
   */
  private static void awaitEnds(JobClient job, Map<String, String> flink, int endingSources)
      throws Exception {
    try (RestClusterClient<String> cluster =
        new RestClusterClient<>(Configuration.fromMap(flink), "rebuild")) {
      while (true) {
        JobStatus status = job.getJobStatus().get();
        if (status.isTerminalState()) {
          job.getJobExecutionResult().get();
          throw new IllegalStateException("Cannot rebuild: the job ended as " + status);
        }
        if (status == JobStatus.RUNNING
            && isRead(
                cluster.getJobDetails(job.getJobID()).get().getJobVertexInfos(), endingSources)) {
          return;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /** Whether the sources that have an end have come to it, and everything else runs. */
  private static boolean isRead(Collection<JobVertexDetailsInfo> vertices, int endingSources) {
    return vertices.stream().allMatch(vertex -> tasks(vertex, RUNNING, FINISHED) == all(vertex))
        && vertices.stream()
                .filter(
                    vertex ->
                        vertex.getName().contains(FROM_LAKE) || vertex.getName().contains(SO_FAR))
                .filter(vertex -> tasks(vertex, FINISHED) == all(vertex))
                .count()
            == endingSources;
  }

  private static int all(JobVertexDetailsInfo vertex) {
    return tasks(vertex, ExecutionState.values());
  }

  private static int tasks(JobVertexDetailsInfo vertex, ExecutionState... states) {
    return Arrays.stream(states)
        .mapToInt(state -> vertex.getTasksPerState().getOrDefault(state, 0))
        .sum();
  }

  /** What Flink serves within this JVM closes a moment after its job. */
  private static void awaitFree(int port) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try {
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        return;
      } catch (BindException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static void delete(Path state) throws IOException {
    if (Files.exists(state)) {
      try (Stream<Path> files = Files.walk(state)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }
}
