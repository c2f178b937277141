package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What is counted. A Flink key, so its hash is the same in every JVM; the kind is held as its
 * ordinal, whose order never changes.
 */
public record Thing(byte kindOrdinal, long idHigh, long idLow) {
  public static final RecordType<Thing> TYPE =
      RecordType.of(Thing.class, Thing::write, Thing::read);

  private static final CountedKind[] KINDS = CountedKind.values();

  public static Thing of(CountedKind kind, Id id) {
    return new Thing((byte) kind.ordinal(), id.high(), id.low());
  }

  public CountedKind kind() {
    return KINDS[kindOrdinal];
  }

  public Id id() {
    return new Id(idHigh, idLow);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Thing that
        && that.idLow == idLow
        && that.idHigh == idHigh
        && that.kindOrdinal == kindOrdinal;
  }

  @Override
  public int hashCode() {
    long mixed = idHigh ^ idLow;
    return 31 * (int) (mixed ^ (mixed >>> 32)) + kindOrdinal;
  }

  private void write(DataOutputView out) throws IOException {
    out.writeByte(kindOrdinal);
    out.writeLong(idHigh);
    out.writeLong(idLow);
  }

  private static Thing read(DataInputView in) throws IOException {
    return new Thing(in.readByte(), in.readLong(), in.readLong());
  }
}
