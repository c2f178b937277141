package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One thing in one stretch of time: what a count belongs to. Kind and granularity are held as
 * ordinals, whose order never changes.
 *
 * @param start milliseconds since 1970 (UTC)
 */
public record Bucket(
    byte kindOrdinal, long idHigh, long idLow, byte granularityOrdinal, long start) {
  public static final RecordType<Bucket> TYPE =
      RecordType.of(Bucket.class, Bucket::write, Bucket::read);

  private static final CountedKind[] KINDS = CountedKind.values();
  private static final Granularity[] GRANULARITIES = Granularity.values();

  /** The bucket that holds a time. */
  static Bucket of(CountedKind kind, Id id, Granularity granularity, long epochMillis) {
    return new Bucket(
        (byte) kind.ordinal(),
        id.high(),
        id.low(),
        (byte) granularity.ordinal(),
        granularity.bucketOf(epochMillis));
  }

  /** The same stretch of time of another thing. */
  Bucket of(CountedKind kind, Id id) {
    return new Bucket((byte) kind.ordinal(), id.high(), id.low(), granularityOrdinal, start);
  }

  /** The bucket of another size that this one lies in. */
  Bucket of(Granularity granularity) {
    return of(granularity, start);
  }

  /** The bucket of the same thing that holds a time. */
  Bucket of(Granularity granularity, long epochMillis) {
    return new Bucket(
        kindOrdinal,
        idHigh,
        idLow,
        (byte) granularity.ordinal(),
        granularity.bucketOf(epochMillis));
  }

  public Thing thing() {
    return new Thing(kindOrdinal, idHigh, idLow);
  }

  /**
   * @param span as {@link #span} has it
   */
  static Bucket of(Thing thing, long span) {
    return new Bucket(
        thing.kindOrdinal(), thing.idHigh(), thing.idLow(), (byte) (span & 3), span >> 2);
  }

  /** Its stretch of time as one number, whatever the thing. */
  long span() {
    return start << 2 | granularityOrdinal;
  }

  public CountedKind kind() {
    return KINDS[kindOrdinal];
  }

  public Id id() {
    return new Id(idHigh, idLow);
  }

  public Granularity granularity() {
    return GRANULARITIES[granularityOrdinal];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bucket that
        && that.idLow == idLow
        && that.idHigh == idHigh
        && that.start == start
        && that.kindOrdinal == kindOrdinal
        && that.granularityOrdinal == granularityOrdinal;
  }

  @Override
  public int hashCode() {
    long mixed = idHigh ^ idLow ^ (start * 0x9E3779B97F4A7C15L);
    return 31 * (31 * (int) (mixed ^ (mixed >>> 32)) + kindOrdinal) + granularityOrdinal;
  }

  private void write(DataOutputView out) throws IOException {
    out.writeByte(kindOrdinal);
    out.writeLong(idHigh);
    out.writeLong(idLow);
    out.writeByte(granularityOrdinal);
    out.writeLong(start);
  }

  private static Bucket read(DataInputView in) throws IOException {
    return new Bucket(in.readByte(), in.readLong(), in.readLong(), in.readByte(), in.readLong());
  }
}
