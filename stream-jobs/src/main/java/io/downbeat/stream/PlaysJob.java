package io.downbeat.stream;

import com.typesafe.config.ConfigFactory;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.charts.CassandraCharts;
import io.downbeat.stream.charts.Chart;
import io.downbeat.stream.charts.Charts;
import io.downbeat.stream.counts.CassandraCounts;
import io.downbeat.stream.counts.Counts;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.dedup.FirstOfEachPlay;
import io.downbeat.stream.io.CassandraCluster;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.KafkaLog;
import io.downbeat.stream.io.Registry;
import io.downbeat.stream.lakehouse.PlaysTable;
import io.downbeat.stream.recent.CassandraRecent;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Plays, each once, into counts, charts, their listener's list and the lake. */
public final class PlaysJob {

  private PlaysJob() {}

  public static void main(String[] args) throws Exception {
    StreamConfig config = StreamConfig.from(ConfigFactory.load());
    StreamExecutionEnvironment env = JobEnvironment.of(config, config.stateDir());

    Registry registry = new Registry(config.schemaRegistryUrl());
    KafkaLog log = new KafkaLog(config.kafkaBootstrapServers(), config.topicPrefix(), registry);
    PlaysTable lake = new PlaysTable(config.lakeCatalogUrl(), config.lakeNamespace());
    CassandraCluster serving =
        new CassandraCluster(
            config.cassandraContactPoint(),
            config.cassandraDatacenter(),
            config.cassandraKeyspace());

    SingleOutputStreamOperator<HeardPlay> heard =
        Decode.append(
            log.records(env, Topics.PLAYS), Topics.PLAYS, registry, HeardPlay::of, HeardPlay.class);
    SingleOutputStreamOperator<CatalogTrack> tracks =
        Decode.append(
            log.records(env, Topics.TRACKS),
            Topics.TRACKS,
            registry,
            CatalogTrack::of,
            CatalogTrack.class);
    log.keep(
        heard.getSideOutput(Decode.REJECTED).union(tracks.getSideOutput(Decode.REJECTED)),
        Topics.REJECTED);

    DataStream<HeardPlay> plays = FirstOfEachPlay.append(heard, config.dedupMemory());
    DataStream<Tally[]> totals = Counts.append(plays, tracks, config.flushInterval());

    DataStream<Chart> charts = Charts.append(totals, tracks);

    lake.create();
    lake.append(plays);
    CassandraCounts.append(totals, serving, config.countsEpoch());
    CassandraCharts.append(charts, serving, config.countsEpoch());
    CassandraRecent.append(plays, serving);

    env.execute("plays");
  }
}
