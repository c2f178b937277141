package io.downbeat.stream.fans;

import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How often a thing was added to lists and removed again: by one change, or in all.
 *
 * @param removed never more than {@code added} in all
 */
public record Movement(Thing thing, long added, long removed) {
  public static final RecordType<Movement> TYPE =
      RecordType.of(Movement.class, Movement::write, Movement::read);

  private void write(DataOutputView out) throws IOException {
    Thing.TYPE.write(thing, out);
    out.writeLong(added);
    out.writeLong(removed);
  }

  private static Movement read(DataInputView in) throws IOException {
    return new Movement(Thing.TYPE.read(in), in.readLong(), in.readLong());
  }
}
