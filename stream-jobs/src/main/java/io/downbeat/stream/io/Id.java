package io.downbeat.stream.io;

import io.downbeat.schemas.identity.Uuids;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A UUID as Flink moves, stores and partitions it: two longs, with a hash that every JVM shares.
 */
public record Id(long high, long low) {
  public static final RecordType<Id> TYPE = RecordType.of(Id.class, Id::write, Id::read);

  public static Id of(UUID id) {
    return new Id(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  /** From its 16 bytes. */
  public static Id of(byte[] bytes) {
    return of(Uuids.fromBytes(bytes));
  }

  public static @Nullable Id ofNullable(@Nullable UUID id) {
    return id == null ? null : of(id);
  }

  public UUID toUuid() {
    return new UUID(high, low);
  }

  public byte[] toBytes() {
    return Uuids.toBytes(toUuid());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Id that && that.high == high && that.low == low;
  }

  @Override
  public int hashCode() {
    long mixed = high ^ low;
    return (int) (mixed ^ (mixed >>> 32));
  }

  private void write(DataOutputView out) throws IOException {
    out.writeLong(high);
    out.writeLong(low);
  }

  private static Id read(DataInputView in) throws IOException {
    return new Id(in.readLong(), in.readLong());
  }

  static void writeNullable(@Nullable Id id, DataOutputView out) throws IOException {
    out.writeBoolean(id != null);
    if (id != null) {
      TYPE.write(id, out);
    }
  }

  static @Nullable Id readNullable(DataInputView in) throws IOException {
    return in.readBoolean() ? TYPE.read(in) : null;
  }
}
