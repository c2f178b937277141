package io.downbeat.schemas.rules;

import java.io.Serializable;

/**
 * Which computation of a table's totals a cell comes from. The write timestamp is epoch * 2^52 +
 * the total: of one epoch the higher total stays, and a later epoch replaces an earlier one.
 *
 * <p>The stream writes under an odd number, the batch recounts closed days under the even one after
 * it, and a rebuild goes on to the next odd one. The stream's is in the table {@code epochs}.
 *
 * @param number 1 to 2047
 */
public record Epoch(long number) implements Serializable {

  /** The stream's while nothing was ever rebuilt. */
  public static final Epoch FIRST = new Epoch(1);

  private static final int TOTAL_BITS = 52;

  public Epoch {
    if (number < 1 || number >= 1L << (63 - TOTAL_BITS)) {
      throw new IllegalArgumentException(
          "The epoch is " + number + ", but lies between 1 and 2047");
    }
  }

  /**
   * @param total 0 to 2^52 - 1
   */
  public long timestamp(long total) {
    return (number << TOTAL_BITS) + total;
  }

  /** No write of this epoch has a later one: what is deleted with it stays deleted. */
  public long lastTimestamp() {
    return timestamp((1L << TOTAL_BITS) - 1);
  }

  /** Under which the batch recounts what the stream counted under this one. */
  public Epoch ofRecounts() {
    return new Epoch(number + 1);
  }

  /** Under which a rebuilt stream counts. */
  public Epoch afterRebuild() {
    return new Epoch(number + 2);
  }

  /** Before it there was nothing that a zero would have to replace. */
  public boolean isFirst() {
    return number == 1;
  }
}
