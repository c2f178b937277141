package io.downbeat.batch.totals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.batch.Batch;
import io.downbeat.batch.BatchMain;
import io.downbeat.batch.lake.Lake;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log with plays from before and after a midnight, and a stream that is where the test says.
 *
 * <p>Of yesterday's midnight, as today's counts only once all clocks are past it.
 */
class StreamProgressIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final LocalDate DAY = LocalDate.now(ZoneOffset.UTC).minusDays(1);
  private static final Instant MIDNIGHT = DAY.atStartOfDay(ZoneOffset.UTC).toInstant();

  @TempDir static Path home;

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final String topic = Topics.PLAYS.withPrefix(fresh.topicPrefix()).name();
  private final Batch batch = new Batch(fresh, home);

  @Test
  void noDayIsClosedBeforeAllThatCameBeforeMidnightIsInTheLake() throws Exception {
    LakePlays.create(fresh);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", fresh.bootstrapServers()));
        RESTCatalog catalog = LakePlays.catalog(fresh)) {
      Table plays = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "plays"));
      commit(plays, 1);
      log(admin);

      assertThat(closeDays()).isEqualTo(BatchMain.NOT_YET);
      streamIsAt(admin, 1, 2);
      assertThatThrownBy(() -> progress(plays, Duration.ZERO).requireAllBefore(MIDNIGHT))
          .hasMessageContaining("yet to process 1 records");
      streamIsAt(admin, 2, 2);
      assertThatThrownBy(() -> progress(plays, Duration.ZERO).requireAllBefore(MIDNIGHT))
          .hasMessageContaining("committed nothing to the lake");
      assertThat(closedDays()).isEmpty();

      CompletableFuture<Integer> job = CompletableFuture.supplyAsync(this::closeDays);
      long checkpoint = 2;
      while (!job.isDone()) {
        commit(plays, checkpoint++);
        TimeUnit.MILLISECONDS.sleep(200);
      }
      assertThat(job.get()).isZero();
      assertThat(closedDays()).containsExactly(DAY.minusDays(36));

      // Closed once, a day needs no second look at the stream.
      streamIsAt(admin, 0, 0);
      assertThat(closeDays()).isZero();
    }
  }

  @Test
  void whereNothingWasLoggedBeforeThereIsNothingToWaitFor() throws Exception {
    LakePlays.create(fresh);
    try (RESTCatalog catalog = LakePlays.catalog(fresh)) {
      Table plays = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "plays"));
      assertThatCode(() -> progress(plays, Duration.ZERO).requireAllBefore(Instant.now()))
          .doesNotThrowAnyException();
    }
  }

  /** Two plays before midnight in each of two partitions, one after it in the first. */
  private void log(Admin admin) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("message.timestamp.type", "CreateTime"),
                        AlterConfigOp.OpType.SET))))
        .all()
        .get();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fresh.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int partition = 0; partition < 2; partition++) {
        for (int n = 2; n > 0; n--) {
          send(producer, partition, MIDNIGHT.minusSeconds(n));
        }
      }
      send(producer, 0, MIDNIGHT);
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int partition, Instant at)
      throws Exception {
    producer
        .send(new ProducerRecord<>(topic, partition, at.toEpochMilli(), new byte[16], new byte[1]))
        .get();
  }

  /** As the stream's source commits it with a checkpoint. */
  private void streamIsAt(Admin admin, long first, long second) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    offsets.put(new TopicPartition(topic, 0), new OffsetAndMetadata(first));
    offsets.put(new TopicPartition(topic, 1), new OffsetAndMetadata(second));
    admin.alterConsumerGroupOffsets(fresh.topicPrefix() + "stream-jobs", offsets).all().get();
  }

  /** As the stream's sink commits a checkpoint. */
  private static void commit(Table plays, long checkpoint) {
    plays.newAppend().set("flink.max-committed-checkpoint-id", Long.toString(checkpoint)).commit();
  }

  private int closeDays() {
    return BatchMain.run(batch.config(), "close-days", "--as-of=" + DAY);
  }

  private StreamProgress progress(Table plays, Duration patience) {
    return new StreamProgress(batch.kafka(), plays, patience);
  }

  private List<LocalDate> closedDays() {
    try (Lake lake = Lake.open(batch.config().lake())) {
      lake.recounts();
      return lake
          .spark()
          .table("downbeat.`%s`.recounts".formatted(fresh.lakeNamespace()))
          .select("day")
          .collectAsList()
          .stream()
          .map(row -> row.getLocalDate(0))
          .toList();
    }
  }
}
