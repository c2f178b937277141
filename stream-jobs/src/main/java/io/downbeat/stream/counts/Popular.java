package io.downbeat.stream.counts;

import io.downbeat.schemas.avro.PopularKind;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How much a thing was streamed lately.
 *
 * @param log2Streams as {@link io.downbeat.schemas.rules.Decay} has it
 */
public record Popular(Thing thing, float log2Streams) {
  public static final RecordType<Popular> TYPE =
      RecordType.of(Popular.class, Popular::write, Popular::read);

  /** As it stands in the log. */
  public Popularity toEvent() {
    PopularKind kind =
        switch (thing.kind()) {
          case TRACK -> PopularKind.TRACK;
          case ARTIST -> PopularKind.ARTIST;
          case ALBUM -> PopularKind.ALBUM;
          case GENRE, EVERYTHING ->
              throw new IllegalStateException("No popularity is kept of " + thing.kind());
        };
    return new Popularity(kind, thing.id().toUuid(), log2Streams);
  }

  private void write(DataOutputView out) throws IOException {
    Thing.TYPE.write(thing, out);
    out.writeFloat(log2Streams);
  }

  private static Popular read(DataInputView in) throws IOException {
    return new Popular(Thing.TYPE.read(in), in.readFloat());
  }
}
