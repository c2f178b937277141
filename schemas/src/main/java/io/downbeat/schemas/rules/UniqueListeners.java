package io.downbeat.schemas.rules;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * How many different listeners: exact up to {@value #EXACT_TO}, from then on an estimate
 * (HyperLogLog with 2^13 registers) with a relative standard error of 0.9 %.
 *
 * <p>Kept as bytes: 8 of each listener in ascending order while exact, 8 KiB from then on. More
 * listeners never make it fewer.
 */
public final class UniqueListeners {
  public static final int EXACT_TO = 1_024;

  /** Measure of days and of all time, beside {@link Counters}. */
  public static final String KEY = "listeners";

  private static final int LOG2_REGISTERS = 13;

  private UniqueListeners() {}

  /** Nobody. */
  public static byte[] none() {
    return new byte[0];
  }

  /** What stands for a listener: a hash that two of them share about never. */
  public static long hash(UUID user) {
    return mix(user.getMostSignificantBits() ^ mix(user.getLeastSignificantBits()));
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * @param hashes in ascending order, each once
   * @return the same array if all were there already and the count is exact
   */
  public static byte[] plus(byte[] listeners, long[] hashes) {
    if (isExact(listeners)) {
      long[] before = longs(listeners);
      long[] all = union(before, hashes);
      return all.length == before.length
          ? listeners
          : all.length <= EXACT_TO ? bytes(all) : sketch(all);
    }
    HllSketch sketch = HllSketch.heapify(listeners);
    for (long hash : hashes) {
      sketch.update(hash);
    }
    return sketch.toUpdatableByteArray();
  }

  /** All of both. */
  public static byte[] merge(byte[] a, byte[] b) {
    if (isExact(b)) {
      return plus(a, longs(b));
    }
    if (isExact(a)) {
      return plus(b, longs(a));
    }
    Union union = new Union(LOG2_REGISTERS);
    union.update(HllSketch.heapify(a));
    union.update(HllSketch.heapify(b));
    return union.getResult(TgtHllType.HLL_8).toUpdatableByteArray();
  }

  public static long count(byte[] listeners) {
    return isExact(listeners)
        ? listeners.length / Long.BYTES
        : Math.round(HllSketch.heapify(listeners).getEstimate());
  }

  /** Both in ascending order, each once; so is the result. */
  public static long[] union(long[] a, long[] b) {
    long[] all = new long[a.length + b.length];
    int size = 0;
    for (int i = 0, j = 0; i < a.length || j < b.length; ) {
      if (j == b.length || (i < a.length && a[i] <= b[j])) {
        if (j < b.length && a[i] == b[j]) {
          j++;
        }
        all[size++] = a[i++];
      } else {
        all[size++] = b[j++];
      }
    }
    return size == all.length ? all : Arrays.copyOf(all, size);
  }

  private static boolean isExact(byte[] listeners) {
    return listeners.length <= EXACT_TO * Long.BYTES;
  }

  private static byte[] sketch(long[] hashes) {
    HllSketch sketch = new HllSketch(LOG2_REGISTERS, TgtHllType.HLL_8);
    for (long hash : hashes) {
      sketch.update(hash);
    }
    return sketch.toUpdatableByteArray();
  }

  private static long[] longs(byte[] bytes) {
    LongBuffer buffer = ByteBuffer.wrap(bytes).asLongBuffer();
    long[] longs = new long[buffer.remaining()];
    buffer.get(longs);
    return longs;
  }

  private static byte[] bytes(long[] longs) {
    ByteBuffer buffer = ByteBuffer.allocate(longs.length * Long.BYTES);
    buffer.asLongBuffer().put(longs);
    return buffer.array();
  }
}
