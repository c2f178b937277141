package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.stream.io.Registry;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The whole job as a process of its own on real servers, killed while it works. */
class PlaysJobIT {
  private static final int PLAYS = 30_000;
  private static final int TRACKS = 200;
  private static final int WITHDRAWN = 10;
  private static final int OPEN_DAYS = 36;
  private static final Instant TODAY = Instant.now().truncatedTo(ChronoUnit.DAYS);
  private static final Instant START = TODAY.minus(Duration.ofDays(4));

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Random random = new Random(11);
  private final Map<UUID, Long> numbers = new HashMap<>();
  private final Registry registry = new Registry(fresh.registryUrl().toString());

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @Test
  void killedJobCountsEachPlayOnceKeepsItOnceInTheLakeAndSetsPoisonAside() throws Exception {
    List<Play> plays = Stream.generate(this::play).limit(PLAYS).toList();
    List<Play> open = plays.stream().filter(PlaysJobIT::isOpen).toList();
    assertThat(open).as("some are old").hasSizeBetween(PLAYS * 9 / 10, PLAYS - 100);
    ChildJvm job = job();
    try (KafkaProducer<byte[], byte[]> producer = producer();
        CqlSession session =
            CqlSession.builder()
                .addContactPoint(fresh.cassandra())
                .withLocalDatacenter(fresh.datacenter())
                .withKeyspace(fresh.keyspace())
                .build()) {
      for (int t = 0; t < TRACKS / 2; t++) {
        send(producer, Topics.TRACKS, trackId(t), track(t));
      }
      job.start();
      job.awaitReady();
      for (int third = 0; third < 3; third++) {
        int sent = third * PLAYS / 3;
        for (Play play : plays.subList(sent, sent + PLAYS / 3)) {
          send(producer, play);
          if (random.nextInt(20) == 0) {
            send(producer, play);
          }
          if (sent > 0 && random.nextInt(20) == 0) {
            send(producer, plays.get(random.nextInt(sent)));
          }
        }
        for (int t = 0; t < WITHDRAWN; t++) {
          withdraw(producer, trackId(t));
        }
        byte[] noise = {1, 2, 3};
        producer.send(new ProducerRecord<>(fresh.topicPrefix() + "plays", noise));
        producer.flush();
        long before = open.stream().limit(sent).count();
        await(
            "counts of the plays sent", () -> ServedCounts.ofEverything(session, "plays") > before);
        if (third < 2) {
          job.kill();
          job.start();
          job.awaitReady();
        }
      }
      for (int t = TRACKS / 2; t < TRACKS; t++) {
        send(producer, Topics.TRACKS, trackId(t), track(t));
      }
      producer.flush();

      Map<String, Long> expected = recount(plays);
      await("all days counted", () -> ServedCounts.all(session).size() >= expected.size());
      await("difference 0", () -> ServedCounts.all(session).equals(expected));
      ExpectedPopularity popularity = popularity(open);
      await("popularity", () -> popularity.differences(fresh).isEmpty());
      await("charts", () -> dayCharts(session).equals(topOfDays(expected)));
      assertThat(session.execute("SELECT play_id FROM recent_plays").all()).hasSize(PLAYS);
      await(
          "all plays in the lake",
          () -> lakeRows("plays").size() + lakeRows("backfill").size() >= PLAYS);
      assertThat(lakeRows("plays")).containsExactlyInAnyOrderElementsOf(ids(open));
      assertThat(lakeRows("backfill"))
          .containsExactlyInAnyOrderElementsOf(
              ids(plays.stream().filter(play -> !isOpen(play)).toList()));
      assertThat(rejected()).hasSize(3);
    } finally {
      job.stop();
    }
  }

  private ChildJvm job() {
    int restPort = Ports.free();
    List<Path> classpath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    return new ChildJvm(
        new ChildJvm.Spec(
                home,
                "stream-jobs",
                classpath,
                PlaysJob.class.getName(),
                Ready.answers(URI.create("http://127.0.0.1:" + restPort + "/jobs/overview")))
            .withJvmArgs(List.of("-Xmx768m", "-XX:TieredStopAtLevel=1"))
            .withEnvironment(
                Map.ofEntries(
                    Map.entry("KAFKA_BOOTSTRAP_SERVERS", fresh.bootstrapServers()),
                    Map.entry("SCHEMA_REGISTRY_URL", fresh.registryUrl().toString()),
                    Map.entry("TOPIC_PREFIX", fresh.topicPrefix()),
                    Map.entry(
                        "CASSANDRA_CONTACT_POINT", "127.0.0.1:" + fresh.cassandra().getPort()),
                    Map.entry("CASSANDRA_DATACENTER", fresh.datacenter()),
                    Map.entry("CASSANDRA_KEYSPACE", fresh.keyspace()),
                    Map.entry("LAKE_CATALOG_URL", fresh.lakeCatalogUri().toString()),
                    Map.entry("LAKE_NAMESPACE", fresh.lakeNamespace()),
                    Map.entry("STATE_DIR", home.resolve("state").toString()),
                    Map.entry("CHECKPOINT_INTERVAL", "2 s"),
                    Map.entry("OPEN_WINDOW_DAYS", Integer.toString(OPEN_DAYS)),
                    Map.entry("FLINK_REST_PORT", Integer.toString(restPort)),
                    Map.entry("FLINK_METRICS_PORT", "0"))));
  }

  /** Listeners of even number have a device that numbers its plays; one play in thirty is old. */
  private Play play() {
    UUID user = new UUID(2, random.nextInt(50));
    UUID device = user.getLeastSignificantBits() % 2 == 0 ? new UUID(3, user.hashCode()) : null;
    Long number = device == null ? null : numbers.merge(device, 1L, Long::sum);
    int daysAgo = random.nextInt(30) == 0 ? OPEN_DAYS + 7 + random.nextInt(4_000) : 0;
    return Play.newBuilder()
        .setPlayId(
            device == null
                ? new UUID(random.nextLong(), random.nextLong())
                : PlayId.of(device, number))
        .setUserId(user)
        .setDeviceId(device)
        .setDeviceSeq(number)
        .setTrackId(trackId(random.nextInt(TRACKS)))
        .setStartedAt(
            START
                .plusMillis(random.nextLong(Duration.ofDays(5).toMillis()))
                .minus(Duration.ofDays(daysAgo)))
        .setPlayedMillis(random.nextInt(200_000))
        .setEndReason(random.nextInt(4) == 0 ? EndReason.SKIPPED : EndReason.COMPLETED)
        .setReceivedAt(START)
        .build();
  }

  private static boolean isOpen(Play play) {
    return !play.getStartedAt().isBefore(START);
  }

  private static List<UUID> ids(List<Play> plays) {
    return plays.stream().map(Play::getPlayId).toList();
  }

  private static UUID trackId(int t) {
    return new UUID(4, t);
  }

  private static Track track(int t) {
    return Track.newBuilder()
        .setTrackId(trackId(t))
        .setTitle("Track " + t)
        .setArtistIds(List.of(new UUID(5, t % 17), new UUID(5, 100 + t % 3)))
        .setAlbumId(new UUID(6, t % 20))
        .setGenres(List.of())
        .setUpdatedAt(START)
        .build();
  }

  private static Map<String, Long> recount(List<Play> plays) {
    Map<String, Long> totals = new HashMap<>();
    Map<String, Set<UUID>> listeners = new HashMap<>();
    for (Play play : plays) {
      int t = (int) play.getTrackId().getLeastSignificantBits();
      List<String> buckets =
          List.of(
              "hour " + play.getStartedAt().truncatedTo(ChronoUnit.HOURS),
              "day " + play.getStartedAt().truncatedTo(ChronoUnit.DAYS));
      List<String> things =
          List.of(
              "track " + play.getTrackId(),
              "artist " + new UUID(5, t % 17),
              "artist " + new UUID(5, 100 + t % 3),
              "album " + new UUID(6, t % 20),
              "everything " + new UUID(0, 0));
      for (String thing : things) {
        for (String start : isOpen(play) ? buckets : List.<String>of()) {
          String bucket = thing + " " + start + " ";
          totals.merge(bucket + "plays", 1L, Long::sum);
          totals.merge(bucket + "listened_millis", play.getPlayedMillis(), Long::sum);
          totals.merge(bucket + "streams", play.getPlayedMillis() >= 30_000 ? 1L : 0L, Long::sum);
          totals.merge(
              bucket + "skips", play.getEndReason() == EndReason.SKIPPED ? 1L : 0L, Long::sum);
        }
        String allTime = "all " + Instant.EPOCH;
        for (String start : isOpen(play) ? List.of(buckets.get(1), allTime) : List.of(allTime)) {
          listeners
              .computeIfAbsent(thing + " " + start + " listeners", absent -> new HashSet<>())
              .add(play.getUserId());
        }
      }
    }
    listeners.forEach((bucket, users) -> totals.put(bucket, (long) users.size()));
    totals.values().removeIf(total -> total == 0);
    return totals;
  }

  private static ExpectedPopularity popularity(List<Play> open) {
    ExpectedPopularity popularity = new ExpectedPopularity();
    for (Play play : open) {
      int t = (int) play.getTrackId().getLeastSignificantBits();
      popularity.add(PopularityKind.TRACK, play.getTrackId(), play);
      popularity.add(PopularityKind.ARTIST, new UUID(5, t % 17), play);
      popularity.add(PopularityKind.ARTIST, new UUID(5, 100 + t % 3), play);
      popularity.add(PopularityKind.ALBUM, new UUID(6, t % 20), play);
    }
    return popularity;
  }

  /** The tracks of each day, most streamed first, from the recount. */
  private static Map<Instant, List<ChartEntry>> topOfDays(Map<String, Long> totals) {
    Pattern trackDay = Pattern.compile("track (\\S+) day (\\S+) streams");
    Map<Instant, List<ChartEntry>> charts = new HashMap<>();
    totals.forEach(
        (bucket, streams) -> {
          Matcher matcher = trackDay.matcher(bucket);
          if (matcher.matches()) {
            charts
                .computeIfAbsent(Instant.parse(matcher.group(2)), absent -> new ArrayList<>())
                .add(new ChartEntry(UUID.fromString(matcher.group(1)), streams));
          }
        });
    charts.replaceAll((day, entries) -> entries.stream().sorted().limit(100).toList());
    return charts;
  }

  private static Map<Instant, List<ChartEntry>> dayCharts(CqlSession session) {
    Map<Instant, List<ChartEntry>> charts = new HashMap<>();
    for (Row row : session.execute("SELECT * FROM charts")) {
      if (row.getString("window").equals("day")
          && row.getUuid("scope").equals(CountedKind.EVERYTHING_ID)) {
        charts.put(
            row.getInstant("start"),
            row.getList("top", TupleValue.class).stream()
                .map(entry -> new ChartEntry(entry.getUuid(0), entry.getLong(1)))
                .toList());
      }
    }
    return charts;
  }

  private List<UUID> lakeRows(String name) {
    Table table =
        CatalogLoader.rest(
                "lake", new Configuration(), Map.of("uri", fresh.lakeCatalogUri().toString()))
            .loadCatalog()
            .loadTable(TableIdentifier.of(fresh.lakeNamespace(), name));
    List<UUID> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(table).select("play_id").build()) {
      records.forEach(row -> rows.add((UUID) row.getField("play_id")));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return rows;
  }

  private Set<String> rejected() throws Exception {
    AvroWireCodec<Rejected> codec = new AvroWireCodec<>(Rejected.class, registry);
    Set<String> origins = new HashSet<>();
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            fresh.bootstrapServers(),
            "group.id",
            fresh.topicPrefix() + "test",
            "auto.offset.reset",
            "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(fresh.topicPrefix() + "rejected"));
      Instant deadline = Instant.now().plusSeconds(30);
      while (origins.size() < 3 && Instant.now().isBefore(deadline)) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          Rejected value = codec.decode(record.value());
          assertThat(value.getBytes().remaining()).isEqualTo(3);
          assertThat(value.getReason()).startsWith("Cannot decode a Play");
          origins.add(value.getTopic() + value.getPartition() + "-" + value.getOffset());
        }
      }
    }
    return origins;
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", fresh.bootstrapServers(), "linger.ms", 20),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void send(KafkaProducer<byte[], byte[]> producer, Play play) throws Exception {
    UUID key = play.getDeviceId() == null ? play.getUserId() : play.getDeviceId();
    send(producer, Topics.PLAYS, key, play);
  }

  private <V extends SpecificRecord> void send(
      KafkaProducer<byte[], byte[]> producer, Topic<V> topic, UUID key, V value) throws Exception {
    Topic<V> own = topic.withPrefix(fresh.topicPrefix());
    AvroWireCodec<V> codec = new AvroWireCodec<>(topic.valueType(), registry);
    producer.send(
        new ProducerRecord<>(
            own.name(),
            Uuids.toBytes(key),
            codec.encode(value, registry.idOf(own.subject(), own.schema()))));
  }

  private void withdraw(KafkaProducer<byte[], byte[]> producer, UUID track) {
    producer.send(new ProducerRecord<>(fresh.topicPrefix() + "tracks", Uuids.toBytes(track), null));
  }

  private void await(String what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plusSeconds(60);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("Not within a minute: " + what + "; see the logs in " + home);
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
