package io.downbeat.stream.io;

import io.downbeat.schemas.identity.Uuids;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A UUID as Flink moves, stores and partitions it: two longs, with a hash that every JVM shares.
 */
public record Id(long high, long low) {

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
  public int hashCode() {
    long mixed = high ^ low;
    return (int) (mixed ^ (mixed >>> 32));
  }
}
