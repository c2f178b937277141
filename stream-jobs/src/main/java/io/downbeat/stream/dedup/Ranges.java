package io.downbeat.stream.dedup;

/**
 * A set of numbers as the ranges that it fills: ascending pairs of first and last number, neither
 * overlapping nor touching. Numbers that come in order, or in reverse, are one pair. An array that
 * is its own state; immutable.
 */
final class Ranges {
  private static final long[] NONE = {};

  private Ranges() {}

  static long[] none() {
    return NONE;
  }

  static int count(long[] ranges) {
    return ranges.length / 2;
  }

  /**
   * @return the same array if the number is there already
   */
  static long[] plus(long[] ranges, long number) {
    int next = firstThatEndsFrom(ranges, number);
    if (next < ranges.length && ranges[next] <= number) {
      return ranges;
    }
    // Both neighbours lie strictly beyond the number, so neither sum overflows.
    boolean touchesBefore = next > 0 && ranges[next - 1] + 1 == number;
    boolean touchesNext = next < ranges.length && ranges[next] == number + 1;
    if (touchesBefore && touchesNext) {
      return moved(ranges, next + 1, -2);
    }
    if (touchesBefore) {
      long[] longer = ranges.clone();
      longer[next - 1] = number;
      return longer;
    }
    if (touchesNext) {
      long[] longer = ranges.clone();
      longer[next] = number;
      return longer;
    }
    long[] more = moved(ranges, next, 2);
    more[next] = number;
    more[next + 1] = number;
    return more;
  }

  /** Position of the first range whose last number is not below the given; the length if none. */
  private static int firstThatEndsFrom(long[] ranges, long number) {
    int low = 0;
    int high = count(ranges);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges[2 * middle + 1] < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low;
  }

  /** A copy in which all from a position on lies so much further along. */
  private static long[] moved(long[] ranges, int from, int by) {
    long[] copy = new long[ranges.length + by];
    System.arraycopy(ranges, 0, copy, 0, Math.min(from, from + by));
    System.arraycopy(ranges, from, copy, from + by, ranges.length - from);
    return copy;
  }
}
