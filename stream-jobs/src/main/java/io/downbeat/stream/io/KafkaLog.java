package io.downbeat.stream.io;

import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The log as source of records and as the place where others go, rejected ones among them. */
public final class KafkaLog {
  private static final String GROUP = "stream-jobs";

  /** For how long a record waits for others to share its request; a checkpoint waits for none. */
  private static final int MOMENT_MILLIS = 100;

  private static final int BATCH_BYTES = 128 << 10;

  /** A value with its key. */
  public record Event<V extends SpecificRecord>(UUID key, V value) {}

  /** From a record's form within the job to its form between processes. */
  @FunctionalInterface
  public interface Conversion<T, V extends SpecificRecord> extends Serializable {
    Event<V> of(T record);
  }

  private final String bootstrapServers;
  private final String topicPrefix;
  private final Registry registry;

  public KafkaLog(String bootstrapServers, String topicPrefix, Registry registry) {
    this.bootstrapServers = bootstrapServers;
    this.topicPrefix = topicPrefix;
    this.registry = registry;
  }

  /** Name of a topic here. */
  public String nameOf(Topic<?> topic) {
    return topic.withPrefix(topicPrefix).name();
  }

  /** All records of a topic from its beginning, without end; Flink's state holds the position. */
  public DataStream<LogRecord> records(StreamExecutionEnvironment env, Topic<?> topic) {
    return records(env, topic, OffsetsInitializer.earliest());
  }

  /**
   * The same from a position on where Flink's state holds none; partitions without one from the
   * beginning.
   */
  public DataStream<LogRecord> recordsFrom(
      StreamExecutionEnvironment env, Topic<?> topic, LogPosition position) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    position
        .offsets()
        .forEach(
            (partition, offset) ->
                offsets.put(new TopicPartition(nameOf(topic), partition), offset));
    return records(env, topic, OffsetsInitializer.offsets(offsets));
  }

  private DataStream<LogRecord> records(
      StreamExecutionEnvironment env, Topic<?> topic, OffsetsInitializer start) {
    return records(env, source(topic).setStartingOffsets(start), topic.name());
  }

  /**
   * What a topic holds now, from its beginning; then it ends.
   *
   * @param name and uid of the source
   */
  public DataStream<LogRecord> recordsSoFar(
      StreamExecutionEnvironment env, Topic<?> topic, String name) {
    return records(
        env,
        source(topic)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.latest()),
        name);
  }

  private KafkaSourceBuilder<LogRecord> source(Topic<?> topic) {
    return KafkaSource.<LogRecord>builder()
        .setBootstrapServers(bootstrapServers)
        .setTopics(nameOf(topic))
        .setGroupId(topicPrefix + GROUP)
        .setClientIdPrefix(GROUP + "-" + topic.name())
        .setDeserializer(new AsRecord());
  }

  private static DataStream<LogRecord> records(
      StreamExecutionEnvironment env, KafkaSourceBuilder<LogRecord> source, String name) {
    return env.fromSource(source.build(), WatermarkStrategy.noWatermarks(), name).uid(name);
  }

  /**
   * Keeps rejected records, at least once each; copies of one share their key.
   *
   * @param topic where to
   */
  public void keep(DataStream<RejectedRecord> rejected, Topic<Rejected> topic) {
    append(rejected, topic, new AsRejected(), "keep rejected");
  }

  /**
   * Writes records to a topic, at least once each, those of a key in order as long as they come
   * from one task; acknowledged before a checkpoint is complete.
   *
   * @param name and uid of the step
   */
  public <T, V extends SpecificRecord> void append(
      DataStream<T> records, Topic<V> topic, Conversion<T, V> conversion, String name) {
    Properties producer = new Properties();
    producer.setProperty("enable.idempotence", "true");
    producer.setProperty("compression.type", "lz4");
    producer.setProperty("max.request.size", Topics.REJECTED_BYTES);
    producer.setProperty("linger.ms", Integer.toString(MOMENT_MILLIS));
    producer.setProperty("batch.size", Integer.toString(BATCH_BYTES));
    records
        .sinkTo(
            KafkaSink.<T>builder()
                .setBootstrapServers(bootstrapServers)
                .setKafkaProducerConfig(producer)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(
                    new AsEvent<>(topic.withPrefix(topicPrefix), registry, conversion))
                .build())
        .name(name)
        .uid(name);
  }

  private static final class AsRecord implements KafkaRecordDeserializationSchema<LogRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LogRecord> out) {
      out.collect(
          new LogRecord(
              record.topic(),
              record.partition(),
              record.offset(),
              record.timestamp(),
              record.value()));
    }

    @Override
    public TypeInformation<LogRecord> getProducedType() {
      return TypeInformation.of(LogRecord.class);
    }
  }

  private static final class AsEvent<T, V extends SpecificRecord>
      implements KafkaRecordSerializationSchema<T> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final String subject;
    private final Class<V> type;
    private final Registry registry;
    private final Conversion<T, V> conversion;
    private transient AvroWireCodec<V> codec;
    private transient int schemaId;

    @SuppressWarnings("NullAway.Init") // codec: open() comes first
    AsEvent(Topic<V> topic, Registry registry, Conversion<T, V> conversion) {
      this.topic = topic.name();
      this.subject = topic.subject();
      this.type = topic.valueType();
      this.registry = registry;
      this.conversion = conversion;
    }

    @Override
    public void open(
        SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext)
        throws IOException {
      codec = new AvroWireCodec<>(type, registry);
      schemaId = registry.idOf(subject, SpecificData.get().getSchema(type));
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        T record, KafkaSinkContext context, @Nullable Long timestamp) {
      Event<V> event = conversion.of(record);
      return new ProducerRecord<>(
          topic, Uuids.toBytes(event.key()), codec.encode(event.value(), schemaId));
    }
  }

  private static final class AsRejected implements Conversion<RejectedRecord, Rejected> {
    private static final long serialVersionUID = 1;
    private static final int MOST_OF_REASON = 1_000;

    /** More only fits into a record of the log where it is compressed. */
    private static final int MOST_BYTES = 1 << 20;

    private static final UUID NAMESPACE = UUID.fromString("0c1a5f4e-5d55-5b0e-9f0f-1d7c6a3b9e21");

    @Override
    public Event<Rejected> of(RejectedRecord rejected) {
      LogRecord record = rejected.record();
      byte[] value = record.value() == null ? new byte[0] : record.value();
      byte[] bytes = value.length > MOST_BYTES ? Arrays.copyOf(value, MOST_BYTES) : value;
      String origin = record.topic() + "-" + record.partition() + "-" + record.offset();
      return new Event<>(
          Uuids.named(NAMESPACE, origin),
          new Rejected(
              record.topic(),
              record.partition(),
              record.offset(),
              reason(rejected.reason(), value.length),
              ByteBuffer.wrap(bytes),
              Clock.systemUTC().instant()));
    }

    private static String reason(String reason, int length) {
      String shown =
          reason.length() > MOST_OF_REASON ? reason.substring(0, MOST_OF_REASON) : reason;
      return length > MOST_BYTES
          ? "%s (of its %d bytes the first %d are kept)".formatted(shown, length, MOST_BYTES)
          : shown;
    }
  }
}
