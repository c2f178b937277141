package io.downbeat.local.servers.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.LakeCatalog;
import io.downbeat.local.servers.Registry;
import io.downbeat.local.servers.Server;
import io.downbeat.local.servers.Setup;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.lake.LocalFileIO;
import io.downbeat.schemas.topics.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a server has answered outlives a kill -9, at the same address. */
final class KillIT {
  @RegisterExtension
  static final Servers SERVERS =
      Servers.own(Path.of("target", "kill-it", UUID.randomUUID().toString()));

  @Test
  void kafkaKeepsAcknowledgedRecords() throws Exception {
    Kafka kafka = SERVERS.kafka();
    Setup.topics(kafka.bootstrapServers(), "", List.of(Topics.REJECTED));
    TopicPartition partition = new TopicPartition(Topics.REJECTED.name(), 0);
    List<String> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < 100; i++) {
        sent.add("value " + i);
        producer
            .send(new ProducerRecord<>(partition.topic(), 0, null, "value " + i))
            .get(20, TimeUnit.SECONDS);
      }
    }

    killAndStart(kafka);

    List<String> read = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (read.size() < sent.size() && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
      }
    }
    assertThat(read).isEqualTo(sent);
  }

  @Test
  void cassandraKeepsAcknowledgedRows() throws Exception {
    Cassandra cassandra = SERVERS.cassandra();
    int rows = 2_000;
    try (CqlSession session = session(cassandra)) {
      session.execute(
          "CREATE KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
      session.execute("CREATE TABLE kept.rows (id int PRIMARY KEY, value text)");
      var insert = session.prepare("INSERT INTO kept.rows (id, value) VALUES (?, 'kept')");
      for (int i = 0; i < rows; i++) {
        session.execute(insert.bind(i));
      }
      SERVERS.process(cassandra).kill();
    }

    killAndStart(cassandra);

    try (CqlSession session = session(cassandra)) {
      assertThat(session.execute("SELECT id FROM kept.rows").all().size()).isEqualTo(rows);
    }
  }

  @Test
  void registryKeepsIds() throws Exception {
    Registry registry = SERVERS.registry();
    Setup.subjects(registry.url(), "");
    String before = get(registry.url() + "/subjects/plays-value/versions/1");

    killAndStart(registry);

    Setup.subjects(registry.url(), "");
    assertThat(get(registry.url() + "/subjects/plays-value/versions/1"))
        .isEqualTo(before)
        .contains("\"id\"");
    assertThat(get(registry.url() + "/subjects/plays-value/versions")).isEqualTo("[1]");
    assertThat(get(registry.url() + "/config")).contains("FULL_TRANSITIVE");
  }

  @Test
  void lakeCatalogKeepsCommits() throws Exception {
    LakeCatalog lake = SERVERS.lakeCatalog();
    TableIdentifier name = TableIdentifier.of("kept", "plays");
    try (RESTCatalog catalog = catalog(lake)) {
      catalog.createNamespace(Namespace.of("kept"));
      Table table =
          catalog.createTable(
              name, new Schema(Types.NestedField.required(1, "play_id", Types.UUIDType.get())));
      table
          .newAppend()
          .appendFile(
              DataFiles.builder(PartitionSpec.unpartitioned())
                  .withPath(table.location() + "/data/one.parquet")
                  .withFileSizeInBytes(1)
                  .withRecordCount(7)
                  .build())
          .commit();
    }

    killAndStart(lake);

    try (RESTCatalog catalog = catalog(lake)) {
      Table table = catalog.loadTable(name);
      assertThat(table.location()).startsWith(lake.warehouse().toString());
      assertThat(table.currentSnapshot().summary()).containsEntry("total-records", "7");
    }
  }

  private static void killAndStart(Server server) throws InterruptedException {
    ChildJvm process = SERVERS.process(server);
    process.kill();
    process.start();
    process.awaitReady();
  }

  private static CqlSession session(Cassandra cassandra) {
    return CqlSession.builder()
        .addContactPoint(cassandra.contactPoint())
        .withLocalDatacenter(Cassandra.DATACENTER)
        .build();
  }

  private static RESTCatalog catalog(LakeCatalog lake) {
    RESTCatalog catalog = new RESTCatalog();
    catalog.initialize(
        "lake", Map.of("uri", lake.uri().toString(), "io-impl", LocalFileIO.class.getName()));
    return catalog;
  }

  private static String get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }
}
