package io.downbeat.bench.counting;

import java.util.Arrays;

/** The numbers of one device that were seen, as ranges in ascending order: {first, last} each. */
final class Dedup {
  private static final long[] NONE = {};

  private Dedup() {}

  static long[] none() {
    return NONE;
  }

  /**
   * @return the same array if the number was there; it may be changed in place
   */
  static long[] plus(long[] ranges, long number) {
    int last = ranges.length - 1;
    if (last > 0 && ranges[last] == number - 1) {
      long[] longer = ranges.clone();
      longer[last] = number;
      return longer;
    }
    int place = 0;
    while (place < ranges.length && ranges[place + 1] < number) {
      place += 2;
    }
    if (place < ranges.length && ranges[place] <= number) {
      return ranges;
    }
    boolean meetsBefore = place > 0 && ranges[place - 1] == number - 1;
    boolean meetsAfter = place < ranges.length && ranges[place] == number + 1;
    if (meetsBefore && meetsAfter) {
      long[] merged = new long[ranges.length - 2];
      System.arraycopy(ranges, 0, merged, 0, place - 1);
      System.arraycopy(ranges, place + 1, merged, place - 1, ranges.length - place - 1);
      return merged;
    }
    if (meetsBefore || meetsAfter) {
      long[] longer = ranges.clone();
      longer[meetsBefore ? place - 1 : place] = number;
      return longer;
    }
    long[] more = Arrays.copyOf(ranges, ranges.length + 2);
    System.arraycopy(ranges, place, more, place + 2, ranges.length - place);
    more[place] = number;
    more[place + 1] = number;
    return more;
  }
}
