package io.downbeat.stream;

import com.typesafe.config.ConfigFactory;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.charts.CassandraCharts;
import io.downbeat.stream.counts.CassandraCounts;
import io.downbeat.stream.counts.KafkaPopularity;
import io.downbeat.stream.fans.CassandraFans;
import io.downbeat.stream.fans.FanCounts;
import io.downbeat.stream.fans.ListChange;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.KafkaLog;
import io.downbeat.stream.io.LogPosition;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.Registry;
import io.downbeat.stream.lakehouse.PlaysTable;
import io.downbeat.stream.recent.CassandraRecent;
import java.util.Optional;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Plays, each once, into counts, popularity, charts, their listener's list and the lake; and what
 * listeners like and follow into counts.
 */
public final class PlaysJob {

  private PlaysJob() {}

  public static void main(String[] args) throws Exception {
    StreamConfig config = StreamConfig.from(ConfigFactory.load());
    CassandraCluster serving =
        new CassandraCluster(
            config.cassandraContactPoint(),
            config.cassandraDatacenter(),
            config.cassandraKeyspace());
    PlaysTable lake = PlaysTable.plays(config.lakeCatalogUrl(), config.lakeNamespace());
    PlaysTable backfill = PlaysTable.backfill(config.lakeCatalogUrl(), config.lakeNamespace());

    Epoch epoch = StreamEpoch.now(serving);
    StreamExecutionEnvironment env = JobEnvironment.of(config, epoch);
    if (JobEnvironment.startsEmpty(env) && lake.snapshot().isPresent()) {
      // From the log alone each play that it still holds would come into the lake once more.
      JobEnvironment.requireEmbedded(env);
      epoch = RebuildJob.rebuild(config);
      env = JobEnvironment.of(config, epoch);
    }
    Optional<LogPosition> rebuilt = JobEnvironment.afterRebuild(env);

    Registry registry = new Registry(config.schemaRegistryUrl());
    KafkaLog log = new KafkaLog(config.kafkaBootstrapServers(), config.topicPrefix(), registry);

    SingleOutputStreamOperator<LoggedPlay> logged =
        Decode.append(
            rebuilt.isPresent()
                ? log.recordsFrom(env, Topics.PLAYS, rebuilt.get())
                : log.records(env, Topics.PLAYS),
            Topics.PLAYS,
            registry,
            LoggedPlay::of,
            LoggedPlay.TYPE);
    SingleOutputStreamOperator<CatalogTrack> tracks =
        Decode.append(
            log.records(env, Topics.TRACKS),
            Topics.TRACKS,
            registry,
            CatalogTrack::of,
            CatalogTrack.TYPE);
    CountedPlays counted = CountedPlays.append(logged, tracks, log, config, rebuilt.isPresent());
    SingleOutputStreamOperator<HeardPlay> plays = counted.plays();
    SingleOutputStreamOperator<ListChange> changes =
        Decode.append(
            log.records(env, Topics.LIBRARY_CHANGES),
            Topics.LIBRARY_CHANGES,
            registry,
            ListChange::of,
            ListChange.TYPE);
    log.keep(
        logged
            .getSideOutput(Decode.REJECTED)
            .union(
                plays.getSideOutput(Decode.REJECTED),
                tracks.getSideOutput(Decode.REJECTED),
                changes.getSideOutput(Decode.REJECTED)),
        Topics.REJECTED);

    OpenWindow window = config.openWindow();
    lake.create();
    lake.append(only(plays, "open", play -> isOpen(play, window)));
    backfill.create();
    backfill.append(only(plays, "closed", play -> !isOpen(play, window)));
    CassandraCounts.append(counted.totals(), serving, epoch);
    KafkaPopularity.append(counted.rises(), log);
    CassandraCharts.append(counted.charts(), serving, epoch);
    CassandraRecent.append(plays, serving);
    CassandraFans.append(
        FanCounts.append(changes, config.flushInterval(), rebuilt.isPresent()), serving, epoch);

    env.execute("plays");
  }

  private static boolean isOpen(HeardPlay play, OpenWindow window) {
    return window.isOpen(Granularity.DAY, play.startedAt(), play.loggedAt());
  }

  private static DataStream<HeardPlay> only(
      DataStream<HeardPlay> plays, String name, FilterFunction<HeardPlay> which) {
    return plays.filter(which).name(name).uid(name);
  }
}
