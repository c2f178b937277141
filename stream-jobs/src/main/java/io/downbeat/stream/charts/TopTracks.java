package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.stream.io.Id;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The top of a chart, in the order of {@link ChartEntry}, kept from totals that only rise: what
 * fell out needs no memory, since it comes again with a higher total or not at all.
 *
 * <p>An array of three numbers an entry (id, id, streams), so that it is its own state. Immutable.
 */
final class TopTracks {
  private static final int WIDTH = 3;

  private TopTracks() {}

  static long[] none() {
    return new long[0];
  }

  /**
   * @return the same array if the track does not make it into the top, or is there with this total
   */
  static long[] offer(long[] top, Id track, long streams) {
    int size = top.length / WIDTH;
    if (size == ChartEntry.MOST && comesBefore(top, size - 1, track, streams)) {
      return top;
    }
    int old = find(top, track);
    if (old < size && top[old * WIDTH + 2] >= streams) {
      return top;
    }
    int place = 0;
    while (place < size && comesBefore(top, place, track, streams)) {
      place++;
    }
    int gap = Math.min(old, ChartEntry.MOST - 1);
    long[] next = old < size ? top.clone() : Arrays.copyOf(top, (gap + 1) * WIDTH);
    System.arraycopy(top, place * WIDTH, next, (place + 1) * WIDTH, (gap - place) * WIDTH);
    next[place * WIDTH] = track.high();
    next[place * WIDTH + 1] = track.low();
    next[place * WIDTH + 2] = streams;
    return next;
  }

  /** All streams of the entries. */
  static long sum(long[] top) {
    return IntStream.range(0, top.length / WIDTH).mapToLong(i -> top[i * WIDTH + 2]).sum();
  }

  static List<ChartEntry> entries(long[] top) {
    return IntStream.range(0, top.length / WIDTH)
        .map(i -> i * WIDTH)
        .mapToObj(i -> new ChartEntry(new Id(top[i], top[i + 1]).toUuid(), top[i + 2]))
        .toList();
  }

  /** Its position; the size if it is not there. */
  private static int find(long[] top, Id track) {
    int i = 0;
    while (i < top.length && (top[i] != track.high() || top[i + 1] != track.low())) {
      i += WIDTH;
    }
    return i / WIDTH;
  }

  private static boolean comesBefore(long[] top, int position, Id track, long streams) {
    int i = position * WIDTH;
    if (top[i + 2] != streams) {
      return top[i + 2] > streams;
    }
    int byHigh = Long.compareUnsigned(top[i], track.high());
    return byHigh != 0 ? byHigh > 0 : Long.compareUnsigned(top[i + 1], track.low()) > 0;
  }
}
