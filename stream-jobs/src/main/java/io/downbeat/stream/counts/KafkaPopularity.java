package io.downbeat.stream.counts;

import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.stream.io.KafkaLog;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What has become more popular into the topic of popularity. A thing's newest record there is less
 * than a level below what it is.
 *
 * <p>After a crash an older value may come again, and stays until what is counted again rises above
 * it: to the same levels as before.
 */
public final class KafkaPopularity {

  private KafkaPopularity() {}

  /** At least once, each thing's in order. */
  public static void append(DataStream<Rise> rises, KafkaLog log) {
    log.append(rises, Topics.POPULARITY, KafkaPopularity::event, "write popularity");
  }

  private static KafkaLog.Event<Popularity> event(Rise rise) {
    Popularity value =
        new Popularity(
            kind(rise.thing().kind()), rise.thing().id().toUuid(), (float) rise.popularity());
    return new KafkaLog.Event<>(Keys.of(value), value);
  }

  private static PopularityKind kind(CountedKind kind) {
    return switch (kind) {
      case TRACK -> PopularityKind.TRACK;
      case ARTIST -> PopularityKind.ARTIST;
      case ALBUM -> PopularityKind.ALBUM;
      case GENRE, EVERYTHING, USER ->
          throw new IllegalArgumentException("Popularity is not kept of kind " + kind);
    };
  }
}
