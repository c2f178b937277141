package io.downbeat.local.run.rejected;

import static java.util.stream.Collectors.toMap;

import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The topics that rejected records come from, and what those records are there. */
final class Origins {
  private final Map<String, Origin<?>> byName;

  Origins(String topicPrefix, RegistryClient registry) {
    byName =
        Topics.ALL.stream()
            .filter(topic -> topic != Topics.REJECTED)
            .map(topic -> topic.withPrefix(topicPrefix))
            .collect(toMap(Topic::name, topic -> Origin.of(topic, registry)));
  }

  /**
   * What the bytes say.
   *
   * @throws Unfit if they say nothing
   */
  SpecificRecord value(Kept kept) throws Unfit, IOException {
    return of(kept).value(kept);
  }

  /**
   * The record as it goes back under its own key.
   *
   * @param changes new values by field; where there are none, the bytes stay what they are
   * @throws Unfit if nothing can be made of the bytes, or a field does not take its value
   */
  ProducerRecord<byte[], byte[]> mended(Kept kept, Map<String, String> changes)
      throws Unfit, IOException, InterruptedException {
    return of(kept).mended(kept, changes);
  }

  private Origin<?> of(Kept kept) throws Unfit {
    Origin<?> origin = byName.get(kept.record().getTopic());
    if (origin == null) {
      throw new Unfit("There is no topic " + kept.record().getTopic() + " of this prefix");
    }
    return origin;
  }

  private record Origin<V extends SpecificRecord>(
      Topic<V> topic, AvroWireCodec<V> codec, RegistryClient registry) {

    static <V extends SpecificRecord> Origin<V> of(Topic<V> topic, RegistryClient registry) {
      return new Origin<>(topic, new AvroWireCodec<>(topic.valueType(), registry), registry);
    }

    V value(Kept kept) throws Unfit, IOException {
      try {
        return codec.decode(kept.bytes());
      } catch (MalformedValueException e) {
        throw new Unfit(String.valueOf(e.getMessage()), e);
      }
    }

    ProducerRecord<byte[], byte[]> mended(Kept kept, Map<String, String> changes)
        throws Unfit, IOException, InterruptedException {
      V value = value(kept);
      byte[] bytes = kept.bytes();
      if (!changes.isEmpty()) {
        try {
          changes.forEach((field, text) -> RecordFields.set(value, field, text));
        } catch (IllegalArgumentException e) {
          throw new Unfit(String.valueOf(e.getMessage()), e);
        }
        bytes = codec.encode(value, registry.idOf(topic));
      }
      return new ProducerRecord<>(topic.name(), Uuids.toBytes(Keys.of(value)), bytes);
    }
  }
}
