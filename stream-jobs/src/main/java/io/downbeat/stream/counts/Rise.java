package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A thing that has become more popular by a level.
 *
 * @param popularity all of it, as {@link ForwardDecay} has it
 */
public record Rise(Thing thing, double popularity) {
  public static final RecordType<Rise> TYPE = RecordType.of(Rise.class, Rise::write, Rise::read);

  private void write(DataOutputView out) throws IOException {
    Thing.TYPE.write(thing, out);
    out.writeDouble(popularity);
  }

  private static Rise read(DataInputView in) throws IOException {
    return new Rise(Thing.TYPE.read(in), in.readDouble());
  }
}
