package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.stream.io.Id;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The top of a chart, in the order of {@link ChartEntry}, kept from totals that only rise: what
 * fell out needs no memory, since it comes again with a higher total or not at all.
 */
final class TopTracks {
  private static final int WIDTH = 3;

  /** Three numbers an entry: id, id, streams. */
  private long[] top = new long[WIDTH];

  private int size;

  /**
   * @param entries of {@link #toArray}; null of a chart that has none yet
   */
  static TopTracks of(long @Nullable [] entries) {
    TopTracks tracks = new TopTracks();
    if (entries != null && entries.length > 0) {
      tracks.top = entries.clone();
      tracks.size = entries.length / WIDTH;
    }
    return tracks;
  }

  /** Three numbers an entry: the two of its id, and its streams. */
  long[] toArray() {
    return Arrays.copyOf(top, size * WIDTH);
  }

  /** Whether it changes: not if the track does not make it there, or is there with this total. */
  boolean offer(Id track, long streams) {
    if (size == ChartEntry.MOST && comesBefore(size - 1, track, streams)) {
      return false;
    }
    int old = find(track);
    if (old < size && top[old * WIDTH + 2] >= streams) {
      return false;
    }
    int place = Math.min(old, ChartEntry.MOST - 1);
    if (old == size && size < ChartEntry.MOST) {
      size++;
      if (size * WIDTH > top.length) {
        top = Arrays.copyOf(top, Math.min(2 * top.length, ChartEntry.MOST * WIDTH));
      }
    }
    while (place > 0 && !comesBefore(place - 1, track, streams)) {
      System.arraycopy(top, (place - 1) * WIDTH, top, place * WIDTH, WIDTH);
      place--;
    }
    top[place * WIDTH] = track.high();
    top[place * WIDTH + 1] = track.low();
    top[place * WIDTH + 2] = streams;
    return true;
  }

  /** All streams of the entries that an array has. */
  static long sum(long[] entries) {
    return IntStream.range(0, entries.length / WIDTH).mapToLong(i -> entries[i * WIDTH + 2]).sum();
  }

  static List<ChartEntry> entries(long[] entries) {
    return IntStream.range(0, entries.length / WIDTH)
        .map(i -> i * WIDTH)
        .mapToObj(i -> new ChartEntry(new Id(entries[i], entries[i + 1]).toUuid(), entries[i + 2]))
        .toList();
  }

  /** Its position; the size if it is not there. */
  private int find(Id track) {
    int i = 0;
    while (i < size * WIDTH && (top[i] != track.high() || top[i + 1] != track.low())) {
      i += WIDTH;
    }
    return i / WIDTH;
  }

  private boolean comesBefore(int position, Id track, long streams) {
    int i = position * WIDTH;
    if (top[i + 2] != streams) {
      return top[i + 2] > streams;
    }
    int byHigh = Long.compareUnsigned(top[i], track.high());
    return byHigh != 0 ? byHigh > 0 : Long.compareUnsigned(top[i + 1], track.low()) > 0;
  }
}
