package io.downbeat.stream;

import io.downbeat.schemas.rules.Epoch;
import io.downbeat.stream.io.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.metrics.prometheus.LoopbackReporterFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Where a job runs: on the Flink cluster that starts it, whose configuration counts more than these
 * settings and knows where state is kept; else within this JVM, going on from the newest state in
 * the state folder.
 */
final class JobEnvironment {

  private JobEnvironment() {}

  /**
   * @param epoch whose state it goes on from, where no cluster says otherwise
   */
  static StreamExecutionEnvironment of(StreamConfig config, Epoch epoch) throws IOException {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Configuration settings = settings(config);
    if (isEmbedded(env)) {
      settings.addAll(embedded(config, state(config, epoch)));
      return StreamExecutionEnvironment.createLocalEnvironment(settings);
    }
    Configuration.fromMap(env.getConfiguration().toMap()).keySet().forEach(settings::removeKey);
    env.configure(settings);
    return env;
  }

  /** Where the state of an epoch is kept, where no cluster says otherwise. */
  static Path state(StreamConfig config, Epoch epoch) {
    return epoch.isFirst()
        ? config.stateDir()
        : config.stateDir().resolve("epoch-" + epoch.number());
  }

  /** Whether there is no state to go on from. */
  static boolean startsEmpty(StreamExecutionEnvironment env) {
    return from(env).isEmpty();
  }

  static boolean isEmbedded(StreamExecutionEnvironment env) {
    return env instanceof LocalStreamEnvironment;
  }

  /** Where a cluster keeps state, only who starts the job knows from which to go on. */
  static void requireEmbedded(StreamExecutionEnvironment env) {
    if (!isEmbedded(env)) {
      throw new IllegalStateException(
          "Cannot start without state: the lake holds plays, and from the log alone they would come"
              + " into it once more. Start from a checkpoint or savepoint ("
              + StateRecoveryOptions.SAVEPOINT_PATH.key()
              + "), or make the state anew: "
              + RebuildJob.class.getName());
    }
  }

  private static Optional<String> from(StreamExecutionEnvironment env) {
    return env.getConfiguration().getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
  }

  /**
   * Where to go on in the log if the job starts from the savepoint of a rebuild; the job then
   * ignores what state it knows nothing of.
   */
  static Optional<LogPosition> afterRebuild(StreamExecutionEnvironment env) throws IOException {
    Optional<String> from = from(env);
    Optional<LogPosition> position =
        from.isPresent() ? LogPosition.read(from.get()) : Optional.empty();
    if (position.isPresent()) {
      Configuration ignore = new Configuration();
      ignore.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
      env.configure(ignore);
    }
    return position;
  }

  private static Configuration settings(StreamConfig config) {
    Configuration flink = new Configuration();
    flink.set(CoreOptions.DEFAULT_PARALLELISM, config.parallelism());
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(50));
    flink.set(StateBackendOptions.STATE_BACKEND, config.stateBackend());
    flink.set(RocksDBOptions.TIMER_SERVICE_FACTORY, PriorityQueueStateType.HEAP);
    flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
    // However large the state, some of the time is for plays alone.
    flink.set(
        CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS,
        config.checkpointInterval().dividedBy(2));
    flink.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    return flink;
  }

  private static Configuration embedded(StreamConfig config, Path state) throws IOException {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.PORT, config.restPort());
    flink.set(RestOptions.BIND_PORT, Integer.toString(config.restPort()));
    if (config.metricsPort() != 0) {
      Configuration reporter = MetricOptions.forReporter(flink, "prometheus");
      reporter.set(MetricOptions.REPORTER_FACTORY_CLASS, LoopbackReporterFactory.class.getName());
      reporter.setString(LoopbackReporterFactory.PORT, Integer.toString(config.metricsPort()));
    }
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, config.rocksdbMemory());
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri(Checkpoint.checkpoints(state)));
    flink.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri(Checkpoint.savepoints(state)));
    Optional<Checkpoint> newest = Checkpoint.newest(state);
    if (newest.isPresent()) {
      flink.set(StateRecoveryOptions.SAVEPOINT_PATH, uri(newest.get().path()));
      flink.set(
          StateRecoveryOptions.RESTORE_MODE,
          newest.get().isSavepoint() ? RecoveryClaimMode.NO_CLAIM : RecoveryClaimMode.CLAIM);
    }
    return flink;
  }

  private static String uri(Path path) {
    return path.toUri().toString();
  }
}
