package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of a thing on a day: the measures of each hour, of which the day's are the sum,
 * and who heard it. Knows which hours changed since it was read.
 */
final class Day {
  private static final long HOUR_MILLIS = Granularity.HOUR.length().toMillis();
  private static final int HOURS = (int) (Granularity.DAY.length().toMillis() / HOUR_MILLIS);
  private static final int MEASURES = Counters.values().length;

  private final long[] @Nullable [] hours = new long[HOURS][];
  private byte[] listeners = UniqueListeners.none();
  private int changed;

  /**
   * @param bytes of {@link #bytes}, also from before a counter was added; null of a day on which
   *     nothing was heard
   */
  static Day of(byte @Nullable [] bytes) {
    Day day = new Day();
    if (bytes == null) {
      return day;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int measures = in.get();
    day.listeners = new byte[(int) get(in)];
    in.get(day.listeners);
    while (in.hasRemaining()) {
      long[] ofHour = new long[MEASURES];
      day.hours[in.get()] = ofHour;
      for (int i = 0; i < measures; i++) {
        ofHour[i] = get(in);
      }
    }
    return day;
  }

  /**
   * How many counters there are; how many bytes the listeners take, and these; of each hour its
   * number and its measures. Sizes and measures take as few bytes as they need, with seven bits in
   * each.
   */
  byte[] bytes() {
    int length = 1 + length(listeners.length) + listeners.length;
    for (long[] measures : hours) {
      if (measures != null) {
        length++;
        for (long measure : measures) {
          length += length(measure);
        }
      }
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put((byte) MEASURES);
    put(listeners.length, out);
    out.put(listeners);
    for (int hour = 0; hour < HOURS; hour++) {
      long[] measures = hours[hour];
      if (measures != null) {
        out.put((byte) hour);
        for (long measure : measures) {
          put(measure, out);
        }
      }
    }
    return out.array();
  }

  private static int length(long number) {
    return (Long.SIZE - Long.numberOfLeadingZeros(number | 1) + 6) / 7;
  }

  private static void put(long number, ByteBuffer out) {
    long rest = number;
    for (; rest > 0x7F; rest >>>= 7) {
      out.put((byte) (rest | 0x80));
    }
    out.put((byte) rest);
  }

  private static long get(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte bits = in.get();
      number |= (bits & 0x7FL) << shift;
      if (bits >= 0) {
        return number;
      }
    }
  }

  /**
   * @param start of the hour, milliseconds since 1970 (UTC)
   */
  void add(long start, Heard heard) {
    int hour = (int) ((start - Granularity.DAY.bucketOf(start)) / HOUR_MILLIS);
    hours[hour] =
        Heard.sum(heard.measures(), Objects.requireNonNullElse(hours[hour], Heard.NOTHING));
    changed |= 1 << hour;
    listeners = UniqueListeners.plus(listeners, heard.listeners());
  }

  /**
   * @param more listeners, as {@link UniqueListeners} keeps them
   */
  void hear(byte[] more) {
    listeners = UniqueListeners.merge(listeners, more);
  }

  /** As if all of it had just changed. */
  void changeAll() {
    changed = -1;
  }

  /**
   * Each hour that changed, and the day.
   *
   * @param day its bucket
   */
  void addChanges(Bucket day, List<Tally> tallies) {
    long[] sum = Heard.NOTHING;
    for (int hour = 0; hour < HOURS; hour++) {
      long[] measures = hours[hour];
      if (measures != null) {
        sum = Heard.sum(measures, sum);
        if ((changed >> hour & 1) == 1) {
          tallies.add(
              new Tally(day.of(Granularity.HOUR, day.start() + hour * HOUR_MILLIS), measures, 0));
        }
      }
    }
    tallies.add(new Tally(day, sum, UniqueListeners.count(listeners)));
  }
}
