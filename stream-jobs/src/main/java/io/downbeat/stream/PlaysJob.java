package io.downbeat.stream;

import com.typesafe.config.ConfigFactory;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.charts.CassandraCharts;
import io.downbeat.stream.charts.Chart;
import io.downbeat.stream.charts.Charts;
import io.downbeat.stream.counts.CassandraCounts;
import io.downbeat.stream.counts.Counts;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.KafkaLog;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.Registry;
import io.downbeat.stream.lakehouse.PlaysTable;
import io.downbeat.stream.recent.CassandraRecent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Plays, each once, into counts, charts, their listener's list and the lake. */
public final class PlaysJob {

  private PlaysJob() {}

  public static void main(String[] args) throws Exception {
    StreamConfig config = StreamConfig.from(ConfigFactory.load());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(flink(config));

    Registry registry = new Registry(config.schemaRegistryUrl());
    KafkaLog log = new KafkaLog(config.kafkaBootstrapServers(), config.topicPrefix(), registry);
    PlaysTable lake = PlaysTable.plays(config.lakeCatalogUrl(), config.lakeNamespace());
    PlaysTable backfill = PlaysTable.backfill(config.lakeCatalogUrl(), config.lakeNamespace());
    CassandraCluster serving =
        new CassandraCluster(
            config.cassandraContactPoint(),
            config.cassandraDatacenter(),
            config.cassandraKeyspace());

    Epoch epoch = StreamEpoch.now(serving);

    SingleOutputStreamOperator<LoggedPlay> logged =
        Decode.append(
            log.records(env, Topics.PLAYS),
            Topics.PLAYS,
            registry,
            LoggedPlay::of,
            LoggedPlay.class);
    SingleOutputStreamOperator<CatalogTrack> tracks =
        Decode.append(
            log.records(env, Topics.TRACKS),
            Topics.TRACKS,
            registry,
            CatalogTrack::of,
            CatalogTrack.class);
    SingleOutputStreamOperator<HeardPlay> plays =
        FirstOfEachPlay.append(
            logged, log.nameOf(Topics.PLAYS), config.dedupMemory(), config.sequenceMemory());
    log.keep(
        logged
            .getSideOutput(Decode.REJECTED)
            .union(plays.getSideOutput(Decode.REJECTED), tracks.getSideOutput(Decode.REJECTED)),
        Topics.REJECTED);

    OpenWindow window = config.openWindow();
    StateTtlConfig memory = BucketExpiry.of(window, config.dedupMemory());
    DataStream<Tally[]> totals =
        Counts.append(plays, tracks, window, memory, config.flushInterval());
    DataStream<Chart> charts = Charts.append(totals, tracks, window, memory);

    lake.create();
    lake.append(only(plays, "open", play -> isOpen(play, window)));
    backfill.create();
    backfill.append(only(plays, "closed", play -> !isOpen(play, window)));
    CassandraCounts.append(totals, serving, epoch);
    CassandraCharts.append(charts, serving, epoch);
    CassandraRecent.append(plays, serving);

    env.execute("plays");
  }

  private static boolean isOpen(HeardPlay play, OpenWindow window) {
    return window.isOpen(Granularity.DAY, play.startedAt(), play.loggedAt());
  }

  private static DataStream<HeardPlay> only(
      DataStream<HeardPlay> plays, String name, FilterFunction<HeardPlay> which) {
    return plays.filter(which).name(name).uid(name);
  }

  private static Configuration flink(StreamConfig config) throws IOException {
    Path checkpoints = config.stateDir().resolve("checkpoints");
    Configuration flink = new Configuration();
    flink.set(CoreOptions.DEFAULT_PARALLELISM, config.parallelism());
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.PORT, config.restPort());
    flink.set(RestOptions.BIND_PORT, Integer.toString(config.restPort()));
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(20));
    flink.set(StateBackendOptions.STATE_BACKEND, config.stateBackend());
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    flink.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    Checkpoints.newest(checkpoints)
        .ifPresent(
            checkpoint -> {
              flink.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.toUri().toString());
              flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
            });
    return flink;
  }
}
