package io.downbeat.stream.io;

import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Reads records of the log as what they are. One that is not goes to {@link #REJECTED}, and the job
 * goes on; counter {@code rejected} says how many by reason. A tombstone of a topic that has them
 * is left out: what the job knows of a thing outlives the thing. A registry that does not answer
 * fails the task, which Flink retries.
 */
public final class Decode<V extends SpecificRecord, T> extends ProcessFunction<LogRecord, T> {
  private static final long serialVersionUID = 1;

  public static final OutputTag<RejectedRecord> REJECTED =
      new OutputTag<>("rejected", TypeInformation.of(RejectedRecord.class));

  /** From the event's form between processes to its form within the job. */
  public interface Conversion<V, T> extends Serializable {
    T of(V value, LogRecord record) throws InvalidRecordException;
  }

  private final Class<V> type;
  private final boolean tombstones;
  private final SchemaById registry;
  private final Conversion<V, T> conversion;
  private transient AvroWireCodec<V> codec;
  private transient Counter withoutValue;
  private transient Counter unreadable;
  private transient Counter invalid;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Decode(Topic<V> topic, SchemaById registry, Conversion<V, T> conversion) {
    this.type = topic.valueType();
    this.tombstones = topic.hasTombstones();
    this.registry = registry;
    this.conversion = conversion;
  }

  /**
   * @param registry serializable
   */
  public static <V extends SpecificRecord, T> SingleOutputStreamOperator<T> append(
      DataStream<LogRecord> log,
      Topic<V> topic,
      SchemaById registry,
      Conversion<V, T> conversion,
      TypeInformation<T> type) {
    String name = "decode " + topic.name();
    return log.process(new Decode<>(topic, registry, conversion), type).name(name).uid(name);
  }

  @Override
  public void open(OpenContext context) {
    codec = new AvroWireCodec<>(type, registry);
    RuntimeContext runtime = getRuntimeContext();
    withoutValue = rejected(runtime, "no_value");
    unreadable = rejected(runtime, "unreadable");
    invalid = rejected(runtime, "invalid");
  }

  @Override
  public void processElement(LogRecord record, Context context, Collector<T> out)
      throws IOException {
    if (record.value() == null && tombstones) {
      return;
    }
    if (record.value() == null) {
      withoutValue.inc();
      context.output(REJECTED, new RejectedRecord(record, "The record has no value"));
      return;
    }
    T value;
    try {
      value = conversion.of(codec.decode(record.value()), record);
    } catch (MalformedValueException e) {
      unreadable.inc();
      context.output(REJECTED, new RejectedRecord(record, String.valueOf(e.getMessage())));
      return;
    } catch (InvalidRecordException e) {
      invalid.inc();
      context.output(REJECTED, new RejectedRecord(record, String.valueOf(e.getMessage())));
      return;
    }
    out.collect(value);
  }

  /** Of records that go to {@link #REJECTED}. */
  public static Counter rejected(RuntimeContext runtime, String reason) {
    return runtime.getMetricGroup().addGroup("reason", reason).counter("rejected");
  }
}
