package io.downbeat.batch.totals;

import io.downbeat.schemas.rules.UniqueListeners;
import java.util.Arrays;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;

/** How many different listeners, from their {@link UniqueListeners#hash}es. */
final class Listeners extends Aggregator<Long, Listeners.Seen, Long> {
  private static final long serialVersionUID = 1;
  private static final int MOST_WAITING = 1_024;

  /**
   * Those seen so far; the last ones wait to be added together, since each addition copies. A bean,
   * as Spark's encoder wants it.
   */
  public static final class Seen {
    private byte[] listeners = UniqueListeners.none();
    private long[] waiting = new long[8];
    private int size;

    private void add(long hash) {
      if (size == waiting.length) {
        if (size == MOST_WAITING) {
          settle();
        } else {
          waiting = Arrays.copyOf(waiting, 2 * size);
        }
      }
      waiting[size++] = hash;
    }

    private void settle() {
      long[] hashes = Arrays.stream(waiting, 0, size).sorted().distinct().toArray();
      listeners = UniqueListeners.plus(listeners, hashes);
      size = 0;
    }

    /** All of them. */
    public byte[] getListeners() {
      settle();
      return listeners;
    }

    public void setListeners(byte[] listeners) {
      this.listeners = listeners;
      size = 0;
    }
  }

  @Override
  public Seen zero() {
    return new Seen();
  }

  @Override
  public Seen reduce(Seen seen, Long hash) {
    seen.add(hash);
    return seen;
  }

  @Override
  public Seen merge(Seen a, Seen b) {
    a.setListeners(UniqueListeners.merge(a.getListeners(), b.getListeners()));
    return a;
  }

  @Override
  public Long finish(Seen seen) {
    return UniqueListeners.count(seen.getListeners());
  }

  @Override
  public Encoder<Seen> bufferEncoder() {
    return Encoders.bean(Seen.class);
  }

  @Override
  public Encoder<Long> outputEncoder() {
    return Encoders.LONG();
  }
}
