package io.downbeat.stream;

import com.typesafe.config.Config;
import io.downbeat.schemas.rules.OpenWindow;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;

/** Settings of the stream jobs; {@code reference.conf} says what each is for. */
record StreamConfig(
    String kafkaBootstrapServers,
    String topicPrefix,
    String schemaRegistryUrl,
    String cassandraContactPoint,
    String cassandraDatacenter,
    String cassandraKeyspace,
    String lakeCatalogUrl,
    String lakeNamespace,
    Path stateDir,
    String stateBackend,
    MemorySize rocksdbMemory,
    Duration checkpointInterval,
    Duration dedupMemory,
    Duration sequenceMemory,
    OpenWindow openWindow,
    Duration flushInterval,
    int parallelism,
    int restPort,
    int metricsPort) {

  static StreamConfig from(Config config) {
    Config stream = config.getConfig("downbeat.stream");
    return new StreamConfig(
        stream.getString("kafka.bootstrap-servers"),
        stream.getString("kafka.topic-prefix"),
        stream.getString("schema-registry.url"),
        stream.getString("cassandra.contact-point"),
        stream.getString("cassandra.datacenter"),
        stream.getString("cassandra.keyspace"),
        stream.getString("lake.catalog-url"),
        stream.getString("lake.namespace"),
        Path.of(stream.getString("state.dir")).toAbsolutePath().normalize(),
        stream.getString("state.backend"),
        new MemorySize(stream.getBytes("state.rocksdb-memory")),
        stream.getDuration("checkpoint-interval"),
        stream.getDuration("dedup.memory"),
        stream.getDuration("dedup.sequence-memory"),
        new OpenWindow(stream.getInt("open-window.days")),
        stream.getDuration("counts.flush-interval"),
        stream.getInt("parallelism"),
        stream.getInt("rest-port"),
        stream.getInt("metrics-port"));
  }
}
