package io.downbeat.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The jobs on fresh names of real servers, in this JVM or as a process of their own. */
public final class Batch {
  private final Fresh fresh;
  private final Path home;
  private final Map<String, Object> more;

  public Batch(Fresh fresh, Path home) {
    this(fresh, home, Map.of());
  }

  /**
   * @param more settings by their full names, which count more than those of the servers
   */
  public Batch(Fresh fresh, Path home, Map<String, Object> more) {
    this.fresh = fresh;
    this.home = home;
    this.more = Map.copyOf(more);
  }

  public BatchConfig config() {
    return BatchConfig.from(
        ConfigFactory.parseMap(settings()).withFallback(ConfigFactory.defaultReference()));
  }

  public KafkaCatalog.Settings kafka() {
    return config().catalog();
  }

  /** Runs a job in this JVM to its good end. */
  public void run(String... arguments) {
    assertThat(BatchMain.run(config(), arguments)).isZero();
  }

  /** Starts a job as a process and ends it with -9 as soon as it has printed something. */
  public void killAt(String line, String... arguments) throws Exception {
    startUntil(line, arguments).kill();
  }

  /** A job as a process that has printed something and goes on. */
  public ChildJvm startUntil(String line, String... arguments) throws Exception {
    ChildJvm job = job(new Ready.LogLine(line), arguments);
    job.start();
    job.awaitReady();
    return job;
  }

  private ChildJvm job(Ready ready, String... arguments) throws Exception {
    List<String> jvmArgs = new ArrayList<>(Files.readAllLines(Path.of("jvm.options")));
    jvmArgs.add("-Xmx700m");
    settings().forEach((key, value) -> jvmArgs.add("-D" + key + "=" + value));
    return new ChildJvm(
        new ChildJvm.Spec(
                home,
                "batch-jobs",
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .toList(),
                BatchMain.class.getName(),
                ready)
            .withJvmArgs(jvmArgs)
            .withArgs(arguments)
            .withDeadlines(Duration.ofMinutes(3), Duration.ofSeconds(15)));
  }

  private Map<String, Object> settings() {
    String base = "downbeat.batch.";
    Map<String, Object> settings = new HashMap<>();
    settings.put(base + "kafka.bootstrap-servers", fresh.bootstrapServers());
    settings.put(base + "kafka.topic-prefix", fresh.topicPrefix());
    settings.put(base + "schema-registry.url", fresh.registryUrl().toString());
    settings.put(base + "cassandra.contact-point", "127.0.0.1:" + fresh.cassandra().getPort());
    settings.put(base + "cassandra.datacenter", fresh.datacenter());
    settings.put(base + "cassandra.keyspace", fresh.keyspace());
    settings.put(base + "lake.catalog-url", fresh.lakeCatalogUri().toString());
    settings.put(base + "lake.namespace", fresh.lakeNamespace());
    settings.put(base + "lock-file", home.resolve("lock").toString());
    settings.putAll(more);
    return settings;
  }

  /** Adds tracks to the catalogue's topic. */
  public void send(List<Track> tracks) throws Exception {
    CachedSchemaRegistryClient registry =
        new CachedSchemaRegistryClient(fresh.registryUrl().toString(), 10);
    var topic = Topics.TRACKS.withPrefix(fresh.topicPrefix());
    int schema = registry.getId(topic.subject(), new AvroSchema(topic.schema().toString()));
    AvroWireCodec<Track> codec = new AvroWireCodec<>(Track.class, id -> topic.schema().toString());
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (Track track : tracks) {
        producer.send(
            new ProducerRecord<>(
                topic.name(), Uuids.toBytes(track.getTrackId()), codec.encode(track, schema)));
      }
    }
  }

  /** Adds to the catalogue's topic what is no track. */
  public void sendUnreadable(UUID track) {
    send(track, new byte[3]);
  }

  /** Takes a track out of the catalogue. */
  public void withdraw(UUID track) {
    send(track, null);
  }

  private void send(UUID track, byte @Nullable [] value) {
    String topic = Topics.TRACKS.withPrefix(fresh.topicPrefix()).name();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      producer.send(new ProducerRecord<>(topic, Uuids.toBytes(track), value));
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", fresh.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
