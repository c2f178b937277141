package io.downbeat.stream;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.stream.io.Registry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How popular things are now by a test's own count, beside what the topic says of them. */
final class ExpectedPopularity {
  private static final double WEEK_MILLIS = 7 * 24 * 3_600_000;

  /** Of a level, which is 0.5, and of the minutes since a play of today's hours to come came in. */
  private static final double MOST_BELOW = 0.5 + 0.01;

  private static final double MOST_ABOVE = 0.001;

  private final Instant now = Instant.now();
  private final Map<UUID, PopularityKind> kinds = new HashMap<>();
  private final Map<UUID, Double> streams = new HashMap<>();

  void add(PopularityKind kind, UUID id, Play play) {
    if (play.getPlayedMillis() >= 30_000) {
      Instant hour = play.getStartedAt().truncatedTo(ChronoUnit.HOURS);
      Instant heard = hour.isAfter(now) ? now : hour;
      double weeks = Duration.between(heard, now).toMillis() / WEEK_MILLIS;
      kinds.put(id, kind);
      streams.merge(id, Math.pow(0.5, weeks), Double::sum);
    }
  }

  /** Each thing of which the topic's newest value is more than a level away, or that is missing. */
  List<String> differences(Fresh fresh) {
    Map<UUID, Popularity> written = written(fresh);
    Set<UUID> all = new HashSet<>(streams.keySet());
    all.addAll(written.keySet());
    List<String> differences = new ArrayList<>();
    for (UUID id : all) {
      Popularity value = written.get(id);
      double expected = Math.log(streams.getOrDefault(id, 0.0)) / Math.log(2);
      double below =
          value == null
              ? Double.POSITIVE_INFINITY
              : expected - ForwardDecay.asOf(value.getLog2Streams(), now.toEpochMilli());
      if (value == null
          || value.getKind() != kinds.get(id)
          || below >= MOST_BELOW
          || below <= -MOST_ABOVE) {
        differences.add(
            "%s %s: expected %f, but %f below it is %s"
                .formatted(kinds.get(id), id, expected, below, value));
      }
    }
    return differences;
  }

  /** The newest of each key. */
  private static Map<UUID, Popularity> written(Fresh fresh) {
    Topic<Popularity> topic = Topics.POPULARITY.withPrefix(fresh.topicPrefix());
    AvroWireCodec<Popularity> codec =
        new AvroWireCodec<>(topic.valueType(), new Registry(fresh.registryUrl().toString()));
    Map<UUID, Popularity> newest = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", fresh.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(each -> new TopicPartition(topic.name(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          Popularity value = codec.decode(record.value());
          if (!value.getId().equals(Uuids.fromBytes(record.key()))) {
            throw new AssertionError("Key of another thing: " + value);
          }
          newest.put(value.getId(), value);
        }
      }
    } catch (IOException | MalformedValueException e) {
      throw new AssertionError(e);
    }
    return newest;
  }
}
