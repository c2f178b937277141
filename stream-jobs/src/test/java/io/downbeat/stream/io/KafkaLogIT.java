package io.downbeat.stream.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rejected records, in a real log. */
class KafkaLogIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics(List.of(Topics.REJECTED));
  private final Registry registry = new Registry(fresh.registryUrl().toString());

  @Test
  void theLargestRecordsAreKeptToo() throws Exception {
    byte[] most = new byte[1 << 20];
    new Random(5).nextBytes(most);
    byte[] more = Arrays.copyOf(most, 3 << 20);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    new KafkaLog(fresh.bootstrapServers(), fresh.topicPrefix(), registry)
        .keep(
            env.fromData(
                TypeInformation.of(RejectedRecord.class),
                new RejectedRecord(new LogRecord("plays", 1, 10, 0, null), "no value"),
                new RejectedRecord(new LogRecord("plays", 1, 11, 0, most), "too much"),
                new RejectedRecord(new LogRecord("plays", 1, 12, 0, more), "x".repeat(1 << 20))),
            Topics.REJECTED);

    env.execute();

    List<Rejected> kept = kept(3);
    assertThat(kept).extracting(Rejected::getOffset).containsExactlyInAnyOrder(10L, 11L, 12L);
    for (Rejected each : kept) {
      assertThat(each.getTopic()).isEqualTo("plays");
      assertThat(each.getPartition()).isEqualTo(1);
      int wanted = each.getOffset() == 10 ? 0 : 1 << 20;
      byte[] bytes = new byte[each.getBytes().remaining()];
      each.getBytes().get(bytes);
      assertThat(bytes).isEqualTo(Arrays.copyOf(most, wanted));
      if (each.getOffset() == 12) {
        assertThat(each.getReason())
            .hasSizeLessThan(1_100)
            .endsWith("x (of its 3145728 bytes the first 1048576 are kept)");
      } else {
        assertThat(each.getReason()).isEqualTo(each.getOffset() == 10 ? "no value" : "too much");
      }
    }
  }

  private List<Rejected> kept(int many) throws Exception {
    AvroWireCodec<Rejected> codec = new AvroWireCodec<>(Rejected.class, registry);
    List<Rejected> kept = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", fresh.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, Topics.REJECTED.partitions())
              .mapToObj(p -> new TopicPartition(fresh.topicPrefix() + "rejected", p))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (kept.size() < many && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          kept.add(codec.decode(record.value()));
        }
      }
    }
    return kept;
  }
}
