package io.downbeat.stream.io;

import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Reads records of the log as what they are. One that is not goes to {@link #REJECTED}, and the job
 * goes on; a registry that does not answer fails the task, which Flink retries.
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
  private final SchemaById registry;
  private final Conversion<V, T> conversion;
  private transient AvroWireCodec<V> codec;

  @SuppressWarnings("NullAway.Init") // codec: open() comes first
  private Decode(Class<V> type, SchemaById registry, Conversion<V, T> conversion) {
    this.type = type;
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
      Class<T> type) {
    String name = "decode " + topic.name();
    return log.process(
            new Decode<>(topic.valueType(), registry, conversion), TypeInformation.of(type))
        .name(name)
        .uid(name);
  }

  @Override
  public void open(OpenContext context) {
    codec = new AvroWireCodec<>(type, registry);
  }

  @Override
  public void processElement(LogRecord record, Context context, Collector<T> out)
      throws IOException {
    if (record.value() == null) {
      context.output(REJECTED, new RejectedRecord(record, "The record has no value"));
      return;
    }
    T value;
    try {
      value = conversion.of(codec.decode(record.value()), record);
    } catch (MalformedValueException | InvalidRecordException e) {
      context.output(REJECTED, new RejectedRecord(record, String.valueOf(e.getMessage())));
      return;
    }
    out.collect(value);
  }
}
