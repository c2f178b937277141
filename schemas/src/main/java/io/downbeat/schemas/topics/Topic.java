package io.downbeat.schemas.topics;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic of the log. Keys are UUIDs as 16 bytes ({@link io.downbeat.schemas.identity.Uuids}),
 * values are {@code V} in the registry's wire format ({@link
 * io.downbeat.schemas.wire.AvroWireCodec}).
 *
 * @param name topic name without the installation's prefix
 * @param valueType generated Avro class of the values
 * @param partitions partition count; never changed, since it decides which records keep their order
 * @param config broker settings that differ from the broker's defaults
 */
public record Topic<V extends SpecificRecord>(
    String name, Class<V> valueType, int partitions, Map<String, String> config) {

  public Topic {
    config = Map.copyOf(config);
  }

  /** Registry subject of the values. */
  public String subject() {
    return name + "-value";
  }

  public Schema schema() {
    return SpecificData.get().getSchema(valueType);
  }

  /** Whether a record without a value takes away what its key stood for. */
  public boolean hasTombstones() {
    return "compact".equals(config.get("cleanup.policy"));
  }

  /** The same topic of an installation that sets a prefix, so that several can share a broker. */
  public Topic<V> withPrefix(String prefix) {
    return new Topic<>(prefix + name, valueType, partitions, config);
  }
}
