package io.downbeat.schemas.rules;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * How many different listeners: exact up to {@value #EXACT_TO}, from then on an estimate with a
 * relative standard error of 1.15 %.
 *
 * <p>Bytes and count follow from the set of listeners alone, in whatever order and batches they
 * came, so that stream and batch agree to the last digit. More listeners never make it fewer.
 *
 * <p>Kept as 8 bytes of each listener in ascending order while exact, 8 KiB from then on. Arrays
 * are never changed, only replaced.
 */
public final class UniqueListeners {
  // From 1,025 on: HyperLogLog (Flajolet et al., 2007) with 2^13 registers, a byte each, and the
  // improved raw estimator of Ertl ("New cardinality estimation algorithms for HyperLogLog
  // sketches", 2017, algorithm 6), whose error is 1.04 / sqrt(registers). Unlike estimators that
  // watch the registers change it depends on the registers alone, and unlike those that switch
  // between formulas or correct by tables it rises with each of them.

  public static final int EXACT_TO = 1_024;

  /** Measure of days and of all time, beside {@link Counters}. */
  public static final String KEY = "listeners";

  private static final int LOG2_REGISTERS = 13;
  private static final int REGISTERS = 1 << LOG2_REGISTERS;
  private static final int HASH_BITS = Long.SIZE - LOG2_REGISTERS;

  /** Tells registers from {@value #EXACT_TO} listeners, which are as long. */
  private static final int HEAD = 1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
   * @return the same array if that changes nothing
   */
  public static byte[] plus(byte[] listeners, long[] hashes) {
    if (!isExact(listeners)) {
      return raise(listeners, hashes);
    }
    int fresh = 0;
    for (long hash : hashes) {
      if (find(listeners, hash) < 0) {
        fresh++;
      }
    }
    if (fresh == 0) {
      return listeners;
    }
    int length = listeners.length + fresh * Long.BYTES;
    return length <= EXACT_TO * Long.BYTES
        ? inserted(listeners, hashes, length)
        : raise(new byte[HEAD + REGISTERS], union(longs(listeners), hashes));
  }

  /**
   * Where an exact listener's bytes begin; {@code -(where to insert it) - 1} if it is not there.
   */
  private static int find(byte[] listeners, long hash) {
    int low = 0;
    int high = listeners.length / Long.BYTES - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long there = (long) LONGS.get(listeners, middle * Long.BYTES);
      if (there == hash) {
        return middle * Long.BYTES;
      }
      if (there < hash) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low * Long.BYTES - 1;
  }

  private static byte[] inserted(byte[] listeners, long[] hashes, int length) {
    byte[] all = new byte[length];
    int from = 0;
    int to = 0;
    for (long hash : hashes) {
      int found = find(listeners, hash);
      if (found < 0) {
        int until = -(found + 1);
        System.arraycopy(listeners, from, all, to, until - from);
        to += until - from;
        LONGS.set(all, to, hash);
        to += Long.BYTES;
        from = until;
      }
    }
    System.arraycopy(listeners, from, all, to, listeners.length - from);
    return all;
  }

  /** All of both. */
  public static byte[] merge(byte[] a, byte[] b) {
    if (isExact(b)) {
      return plus(a, longs(b));
    }
    if (isExact(a)) {
      return plus(b, longs(a));
    }
    byte[] higher = a.clone();
    for (int i = HEAD; i < higher.length; i++) {
      higher[i] = (byte) Math.max(a[i], b[i]);
    }
    return higher;
  }

  public static long count(byte[] listeners) {
    return isExact(listeners)
        ? listeners.length / Long.BYTES
        : Math.max(EXACT_TO + 1, Math.round(estimate(listeners)));
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

  /** The low bits of a hash choose its register, the rest its rank: leading zeros, plus one. */
  private static byte[] raise(byte[] registers, long[] hashes) {
    byte[] raised = registers;
    for (long hash : hashes) {
      int register = HEAD + (int) (hash & (REGISTERS - 1));
      int rank = Math.min(Long.numberOfLeadingZeros(hash), HASH_BITS) + 1;
      if (rank > raised[register]) {
        if (raised == registers) {
          raised = registers.clone();
        }
        raised[register] = (byte) rank;
      }
    }
    return raised;
  }

  private static double estimate(byte[] registers) {
    int[] ofRank = new int[HASH_BITS + 2];
    for (int i = HEAD; i < registers.length; i++) {
      ofRank[registers[i]]++;
    }
    double sum = REGISTERS * tau(1 - (double) ofRank[HASH_BITS + 1] / REGISTERS);
    for (int rank = HASH_BITS; rank >= 1; rank--) {
      sum = (sum + ofRank[rank]) / 2;
    }
    sum += REGISTERS * sigma((double) ofRank[0] / REGISTERS);
    return REGISTERS / (2 * Math.log(2)) * REGISTERS / sum;
  }

  /** x + the sum of x^(2^k) 2^(k-1) over k from 1. */
  private static double sigma(double x) {
    double power = x;
    double weight = 1;
    double sum = x;
    for (double before = -1; before != sum; weight *= 2) {
      before = sum;
      power *= power;
      sum += power * weight;
    }
    return sum;
  }

  /** (1 - x - the sum of (1 - x^(2^-k))^2 2^-k over k from 1) / 3. */
  private static double tau(double x) {
    if (x == 0) {
      return 0;
    }
    double root = x;
    double weight = 1;
    double sum = 1 - x;
    for (double before = -1; before != sum; ) {
      before = sum;
      root = Math.sqrt(root);
      weight /= 2;
      sum -= (1 - root) * (1 - root) * weight;
    }
    return sum / 3;
  }

  private static long[] longs(byte[] bytes) {
    LongBuffer buffer = ByteBuffer.wrap(bytes).asLongBuffer();
    long[] longs = new long[buffer.remaining()];
    buffer.get(longs);
    return longs;
  }
}
