package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.stream.io.Id;

/**
 * What is counted. A Flink key, so its hash is the same in every JVM; the kind is held as its
 * ordinal, whose order never changes.
 */
public record Thing(byte kindOrdinal, long idHigh, long idLow) {
  private static final CountedKind[] KINDS = CountedKind.values();

  static Thing of(CountedKind kind, Id id) {
    return new Thing((byte) kind.ordinal(), id.high(), id.low());
  }

  public CountedKind kind() {
    return KINDS[kindOrdinal];
  }

  public Id id() {
    return new Id(idHigh, idLow);
  }

  @Override
  public int hashCode() {
    long mixed = idHigh ^ idLow;
    return 31 * (int) (mixed ^ (mixed >>> 32)) + kindOrdinal;
  }
}
