package io.downbeat.bench.counting;

import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.time.Duration;
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

/**
 * The plainest way to count: one thread that consumes, decodes, drops copies, adds up in hash maps
 * and writes what changed once a second. It survives nothing.
 */
public final class PlainCounting {
  private static final int MOST_IN_FLIGHT = 256;
  private static final long FLUSH_NANOS = Duration.ofSeconds(1).toNanos();

  private record Listened(UUID user, UUID device) {}

  private final Map<Listened, long[]> numbered = new HashMap<>();
  private final Set<UUID> unnumbered = new HashSet<>();
  private final Map<UUID, TrackLinks> tracks = new HashMap<>();
  private final Map<Row, Totals> totals = new HashMap<>();
  private final List<Map.Entry<Row, Totals>> changed = new ArrayList<>();

  private PlainCounting() {}

  public static void main(String[] args) throws Exception {
    String bootstrapServers = args[0];
    String installation = args[1];
    try (CountsTable table =
        new CountsTable(Integer.parseInt(args[2]), installation, MOST_IN_FLIGHT)) {
      PlainCounting counting = new PlainCounting();
      counting.learn(bootstrapServers, Topics.TRACKS.withPrefix(installation + "-"));
      counting.run(bootstrapServers, Topics.PLAYS.withPrefix(installation + "-"), table);
    }
  }

  private void learn(String bootstrapServers, Topic<Track> topic) throws Exception {
    AvroWireCodec<Track> codec =
        new AvroWireCodec<>(Track.class, id -> Track.getClassSchema().toString());
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, topic)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Track track = codec.decode(record.value());
          tracks.put(track.getTrackId(), TrackLinks.of(track));
        }
      }
    }
  }

  private void run(String bootstrapServers, Topic<Play> topic, CountsTable table) throws Exception {
    AvroWireCodec<Play> codec =
        new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, topic)) {
      long flushed = System.nanoTime();
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Play play = codec.decode(record.value());
          if (isFirst(play)) {
            count(play);
          }
        }
        if (System.nanoTime() - flushed >= FLUSH_NANOS) {
          for (Map.Entry<Row, Totals> each : changed) {
            Totals total = each.getValue();
            table.put(each.getKey(), total.measures.clone(), total.listeners());
            total.changed = false;
          }
          changed.clear();
          table.flush();
          flushed = System.nanoTime();
        }
      }
    }
  }

  private boolean isFirst(Play play) {
    if (play.getDeviceId() == null || play.getDeviceSeq() == null) {
      return unnumbered.add(play.getPlayId());
    }
    Listened key = new Listened(play.getUserId(), play.getDeviceId());
    long[] before = numbered.getOrDefault(key, Dedup.none());
    long[] after = Dedup.plus(before, play.getDeviceSeq());
    numbered.put(key, after);
    return after != before;
  }

  private void count(Play play) {
    long[] measures = Counters.of(play.getPlayedMillis(), play.getEndReason());
    long listener = UniqueListeners.hash(play.getUserId());
    TrackLinks links = tracks.getOrDefault(play.getTrackId(), TrackLinks.UNKNOWN);
    for (Row row : Row.of(play.getTrackId(), links, play.getStartedAt().toEpochMilli())) {
      Totals total = totals.computeIfAbsent(row, absent -> new Totals());
      boolean news = row.countsPlays();
      if (row.countsPlays()) {
        total.add(measures);
      }
      if (row.countsListeners()) {
        news |= total.hear(listener);
      }
      if (news && !total.changed) {
        total.changed = true;
        changed.add(Map.entry(row, total));
      }
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, Topic<?> topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "max.poll.records",
                2_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.assign(
        consumer.partitionsFor(topic.name()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList());
    return consumer;
  }
}
