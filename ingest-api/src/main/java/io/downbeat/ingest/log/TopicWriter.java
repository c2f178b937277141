package io.downbeat.ingest.log;

import io.downbeat.ingest.log.Log.Acknowledgement;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** Appends the values of one topic, in the registry's wire format. Thread-safe. */
public final class TopicWriter<V extends SpecificRecord> {

  private final Log log;
  private final String topic;
  private final int schemaId;
  private final Class<V> type;
  private final AvroWireCodec<V> codec;

  /**
   * @param schemaId of the topic's schema in the registry
   */
  public TopicWriter(Log log, Topic<V> topic, int schemaId) {
    this.log = log;
    this.topic = topic.name();
    this.schemaId = schemaId;
    this.type = topic.valueType();
    this.codec = new AvroWireCodec<>(topic.valueType(), TopicWriter::writesOnly);
  }

  public void append(UUID key, V value, Acknowledgement acknowledgement) {
    appendEncoded(key, encode(value), acknowledgement);
  }

  /**
   * @param value as {@link #encode} gave it, now or earlier
   */
  public void appendEncoded(UUID key, byte[] value, Acknowledgement acknowledgement) {
    log.append(topic, Uuids.toBytes(key), value, acknowledgement);
  }

  /** In the topic's wire format. */
  public byte[] encode(SpecificRecord value) {
    return codec.encode(type.cast(value), schemaId);
  }

  /** Takes away what the key stood for: a tombstone. */
  public void withdraw(UUID key, Acknowledgement acknowledgement) {
    log.append(topic, Uuids.toBytes(key), null, acknowledgement);
  }

  private static String writesOnly(int id) {
    throw new UnsupportedOperationException("A writer reads no schema, asked for " + id);
  }
}
