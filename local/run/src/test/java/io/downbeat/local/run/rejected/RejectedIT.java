package io.downbeat.local.run.rejected;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./downbeat rejected} on a real log and registry, killed while it replays. */
@Tag("long")
class RejectedIT {
  private static final Instant START = Instant.parse("2026-01-01T20:15:00Z");
  private static final String INVALID =
      "played_millis is 90000000, but a valid one lies between 0 and 86,400,000";

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh =
      SERVERS.fresh().createTopics(List.of(Topics.PLAYS, Topics.REJECTED, Topics.REPLAYS));
  private final RegistryClient registry = new RegistryClient(fresh.registryUrl());

  private final int playSchema;

  RejectedIT() throws Exception {
    playSchema = registry.idOf(own(Topics.PLAYS));
  }

  private record Result(int code, String output) {}

  @Test
  void aRecordIsListedShownMendedAndGoesBackOnce() throws Exception {
    Play play = play(1);
    UUID invalid = reject(1, INVALID, encoded(play));
    reject(1, INVALID, encoded(play));
    UUID noise = reject(2, "Cannot decode a Play: it is none", new byte[] {1, 2, 3});

    assertThat(run("list").output())
        .containsOnlyOnce(invalid.toString())
        .contains(noise.toString(), fresh.topicPrefix() + "plays-0-1", INVALID)
        .contains("2 to look at, 0 replayed");
    assertThat(run("list", "--reason", "CANNOT DECODE").output())
        .contains(noise.toString())
        .doesNotContain(invalid.toString());
    assertThat(run("list", "--limit", "1").output()).contains("the latest 1 are shown");
    assertThat(run("list", "--since", "2999-01-01").output()).startsWith("0 to look at");
    assertThat(run("show", invalid.toString()).output())
        .contains("partition 0, offset 1", INVALID, "replayed  no")
        .contains("\"played_millis\" : 90000000")
        .contains("\"started_at\" : \"2026-01-01T20:15:00Z\"")
        .contains("\"play_id\" : \"" + play.getPlayId() + "\"");
    assertThat(run("show", noise.toString()).output()).contains("010203", "Not readable");
    assertThat(run("show", UUID.randomUUID().toString()).code()).isEqualTo(1);

    Result wrong = run("replay", invalid.toString(), "--set", "played_minutes=3");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.output())
        .contains("Cannot set played_minutes: a Play has the fields play_id, user_id");
    assertThat(run("replay", invalid.toString(), "--set", "offline=maybe").output())
        .contains("Cannot set offline to 'maybe': it is true or false");
    assertThat(run("replay").code()).isEqualTo(2);
    assertThat(plays()).isEmpty();

    String[] mend = {
      "replay",
      invalid.toString(),
      "--set",
      "played_millis=180000",
      "--set",
      "context.id=a1",
      "--set",
      "end_reason=skipped",
      "--set",
      "country=null"
    };
    assertThat(run(mend))
        .isEqualTo(new Result(0, "1 replayed, 0 were so already, 0 stay%n".formatted()));
    assertThat(run(mend).output()).contains("0 replayed, 1 were so already");
    Result all = run("replay", "--all");
    assertThat(all.code()).isEqualTo(1);
    assertThat(all.output())
        .contains(noise + " stays: Cannot decode a Play")
        .contains("0 replayed, 1 were so already, 1 stay");

    play.setPlayedMillis(180_000);
    play.getContext().setId("a1");
    play.setEndReason(EndReason.SKIPPED);
    play.setCountry(null);
    assertThat(plays()).isEqualTo(Map.of(play.getDeviceId(), List.of(play)));
    assertThat(run("list").output()).contains("1 to look at, 1 replayed");
    assertThat(run("show", invalid.toString()).output()).contains("replayed  yes");
  }

  @Test
  void asItIsItGoesBackWithTheSameBytes() throws Exception {
    byte[] bytes = encoded(play(1));
    UUID id = reject(1, "No schema has id 7", bytes);

    assertThat(run("replay", "--all", "--reason", "no schema").code()).isZero();

    assertThat(plays()).isEqualTo(Map.of(play(1).getDeviceId(), List.of(play(1))));
    assertThat(new RejectedLog(fresh.bootstrapServers(), fresh.topicPrefix(), registry).replayed())
        .containsExactly(id);
  }

  /** Each attempt wants to send other values: what the first one decided is what goes back. */
  @Test
  void killedAtAnyMomentItNeverSendsARecordInTwoForms(@TempDir Path directory) throws Exception {
    int many = 12_000;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      int id = registry.idOf(own(Topics.REJECTED));
      for (int i = 0; i < many; i++) {
        producer.send(rejected(i, INVALID, encoded(play(i)), id));
      }
    }

    Process first = replay(directory, "AA");
    awaitRecords(Topics.REPLAYS, 1);
    first.destroyForcibly().waitFor();
    Process second = replay(directory, "BB");
    awaitRecords(Topics.PLAYS, 1);
    second.destroyForcibly().waitFor();
    Process third = replay(directory, "CC");
    assertThat(third.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(third.exitValue()).as(Files.readString(directory.resolve("CC.txt"))).isZero();

    assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(137);
    Map<UUID, Set<Play>> forms = new HashMap<>();
    plays().values().stream()
        .flatMap(List::stream)
        .forEach(play -> forms.computeIfAbsent(play.getPlayId(), id -> new HashSet<>()).add(play));
    assertThat(forms.keySet())
        .isEqualTo(
            new HashSet<>(IntStream.range(0, many).mapToObj(i -> play(i).getPlayId()).toList()));
    assertThat(forms.values()).allSatisfy(form -> assertThat(form).hasSize(1));
    assertThat(forms.values().stream().flatMap(Set::stream).map(Play::getCountry).distinct())
        .contains("AA")
        .isSubsetOf("AA", "BB", "CC");
    long written = records(Topics.PLAYS);
    assertThat(run("replay", "--all").output())
        .isEqualTo("0 replayed, %d were so already, 0 stay%n".formatted(many));
    assertThat(records(Topics.PLAYS)).isEqualTo(written);
  }

  private Process replay(Path directory, String country) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.downbeat.local.run.Downbeat",
                "rejected"));
    command.addAll(arguments("replay", "--all", "--set", "country=" + country));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(country + ".txt").toFile())
        .start();
  }

  private Result run(String... arguments) {
    StringWriter output = new StringWriter();
    CommandLine command = new CommandLine(new RejectedCommand());
    command.setOut(new PrintWriter(output, true));
    command.setErr(new PrintWriter(output, true));
    int code = command.execute(arguments(arguments).toArray(String[]::new));
    return new Result(code, output.toString());
  }

  private List<String> arguments(String... arguments) {
    return Stream.concat(
            Stream.of(arguments),
            Stream.of(
                "--kafka",
                fresh.bootstrapServers(),
                "--registry",
                fresh.registryUrl().toString(),
                "--prefix",
                fresh.topicPrefix()))
        .toList();
  }

  private static Play play(long number) {
    return Play.newBuilder()
        .setPlayId(new UUID(1, number))
        .setUserId(new UUID(2, number))
        .setDeviceId(new UUID(3, number))
        .setTrackId(new UUID(4, number))
        .setStartedAt(START)
        .setPlayedMillis(90_000_000)
        .setContext(new PlayContext(ContextType.ALBUM, null))
        .setCountry("DE")
        .setReceivedAt(START)
        .build();
  }

  private byte[] encoded(Play play) {
    return new AvroWireCodec<>(Play.class, registry).encode(play, playSchema);
  }

  private UUID reject(long offset, String reason, byte[] bytes) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        rejected(offset, reason, bytes, registry.idOf(own(Topics.REJECTED)));
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      producer.send(record).get();
    }
    return Uuids.fromBytes(record.key());
  }

  /** As the stream keeps it. */
  private ProducerRecord<byte[], byte[]> rejected(
      long offset, String reason, byte[] bytes, int schemaId) {
    String origin = fresh.topicPrefix() + "plays";
    Rejected value =
        new Rejected(origin, 0, offset, reason, ByteBuffer.wrap(bytes), START.plusSeconds(offset));
    return new ProducerRecord<>(
        own(Topics.REJECTED).name(),
        Uuids.toBytes(Uuids.named(new UUID(0, 0), origin + offset)),
        new AvroWireCodec<>(Rejected.class, registry).encode(value, schemaId));
  }

  private Map<UUID, List<Play>> plays() throws Exception {
    Map<UUID, List<Play>> all = new HashMap<>();
    new TopicRecords<>(fresh.bootstrapServers(), own(Topics.PLAYS), registry)
        .each(
            Instant.EPOCH,
            (key, play) -> all.computeIfAbsent(key, absent -> new ArrayList<>()).add(play));
    return all;
  }

  private void awaitRecords(Topic<?> topic, long least) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      while (records(consumer, topic) < least) {
        assertThat(System.nanoTime()).as("records in " + topic.name()).isLessThan(deadline);
      }
    }
  }

  private long records(Topic<?> topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      return records(consumer, topic);
    }
  }

  private long records(KafkaConsumer<byte[], byte[]> consumer, Topic<?> topic) {
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(p -> new TopicPartition(own(topic).name(), p))
            .toList();
    return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", fresh.bootstrapServers()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private <V extends SpecificRecord> Topic<V> own(Topic<V> topic) {
    return topic.withPrefix(fresh.topicPrefix());
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", fresh.bootstrapServers(), "linger.ms", 20),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
