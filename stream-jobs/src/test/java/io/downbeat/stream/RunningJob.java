package io.downbeat.stream;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.stream.io.Registry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A main class of this module in a process of its own on real servers, with what goes into its log
 * and what comes out of it.
 */
final class RunningJob implements AutoCloseable {
  final ChildJvm process;
  final CqlSession session;
  private final Fresh fresh;
  private final Path home;
  private final int restPort;
  private final int metricsPort;
  private final Registry registry;
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * @param inFront before the module's own classes
   */
  RunningJob(
      Fresh fresh,
      Path home,
      Class<?> mainClass,
      List<Path> inFront,
      Map<String, String> environment) {
    this.fresh = fresh;
    this.home = home;
    this.restPort = Ports.free();
    this.metricsPort = Ports.free();
    this.registry = new Registry(fresh.registryUrl().toString());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fresh.bootstrapServers(), "linger.ms", 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.session =
        CqlSession.builder()
            .addContactPoint(fresh.cassandra())
            .withLocalDatacenter(fresh.datacenter())
            .withKeyspace(fresh.keyspace())
            .build();
    Map<String, String> all = new HashMap<>(environment(fresh, home));
    all.put("FLINK_REST_PORT", Integer.toString(restPort));
    all.put("FLINK_METRICS_PORT", Integer.toString(metricsPort));
    all.putAll(environment);
    process =
        new ChildJvm(
            new ChildJvm.Spec(
                    home,
                    "stream-jobs",
                    Stream.concat(inFront.stream(), classpath().stream()).toList(),
                    mainClass.getName(),
                    Ready.answers(URI.create("http://127.0.0.1:" + restPort + "/jobs/overview")))
                .withJvmArgs(List.of("-Xmx768m", "-XX:TieredStopAtLevel=1"))
                .withEnvironment(all));
  }

  static List<Path> classpath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  /** Settings of a job on these servers that keeps its state below {@code home}. */
  static Map<String, String> environment(Fresh fresh, Path home) {
    return Map.ofEntries(
        Map.entry("KAFKA_BOOTSTRAP_SERVERS", fresh.bootstrapServers()),
        Map.entry("SCHEMA_REGISTRY_URL", fresh.registryUrl().toString()),
        Map.entry("TOPIC_PREFIX", fresh.topicPrefix()),
        Map.entry("CASSANDRA_CONTACT_POINT", "127.0.0.1:" + fresh.cassandra().getPort()),
        Map.entry("CASSANDRA_DATACENTER", fresh.datacenter()),
        Map.entry("CASSANDRA_KEYSPACE", fresh.keyspace()),
        Map.entry("LAKE_CATALOG_URL", fresh.lakeCatalogUri().toString()),
        Map.entry("LAKE_NAMESPACE", fresh.lakeNamespace()),
        Map.entry("STATE_DIR", home.resolve("state").toString()),
        Map.entry("CHECKPOINT_INTERVAL", "2 s"));
  }

  void start() throws InterruptedException {
    process.start();
    process.awaitReady();
  }

  /** Returns the savepoint, once the process has ended. */
  Path stopWithSavepoint() throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.PORT, restPort);
    try (RestClusterClient<String> client = new RestClusterClient<>(flink, "embedded")) {
      JobID job = client.listJobs().get(10, TimeUnit.SECONDS).iterator().next().getJobId();
      String savepoint =
          client
              .stopWithSavepoint(
                  job,
                  false,
                  home.resolve("state/savepoints").toUri().toString(),
                  SavepointFormatType.CANONICAL)
              .get(60, TimeUnit.SECONDS);
      process.onExit().get(30, TimeUnit.SECONDS);
      return Path.of(URI.create(savepoint));
    }
  }

  <V extends SpecificRecord> void send(Topic<V> topic, UUID key, V value) throws IOException {
    Topic<V> own = topic.withPrefix(fresh.topicPrefix());
    AvroWireCodec<V> codec = new AvroWireCodec<>(topic.valueType(), registry);
    producer.send(
        new ProducerRecord<>(
            own.name(),
            Uuids.toBytes(key),
            codec.encode(value, registry.idOf(own.subject(), own.schema()))));
  }

  /** What a scrape answers, line by line; empty while nothing does. */
  List<String> metrics() {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/metrics"))
                  .build(),
              BodyHandlers.ofLines())
          .body()
          .toList();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void flush() {
    producer.flush();
  }

  /** Play ids of a table of the lake. */
  List<UUID> lakeRows(String name) {
    List<UUID> rows = new ArrayList<>();
    try (RESTCatalog catalog = new RESTCatalog()) {
      catalog.initialize("lake", Map.of("uri", fresh.lakeCatalogUri().toString()));
      Table table = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), name));
      try (CloseableIterable<Record> records =
          IcebergGenerics.read(table).select("play_id").build()) {
        records.forEach(row -> rows.add((UUID) row.getField("play_id")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  void await(String what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plusSeconds(90);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("Not within 90 s: " + what + "; see the logs in " + home);
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  @Override
  public void close() {
    process.stop();
    producer.close();
    session.close();
  }
}
