package io.downbeat.serving.counts;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Fans;
import io.downbeat.schemas.rules.UniqueListeners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much was counted. Immutable.
 *
 * @param values by position of {@link Counters}
 * @param listeners how many different ones; 0 where they aren't counted
 * @param fans how many like or follow it now; 0 where they aren't counted
 */
public record Measures(List<Long> values, long listeners, long fans) {
  private static final List<Counters> COUNTERS = List.of(Counters.values());

  /** Nothing. */
  public static final Measures ZERO = of(Map.of());

  public Measures {
    values = List.copyOf(values);
    if (values.size() != COUNTERS.size()) {
      throw new IllegalArgumentException(
          "Expected " + COUNTERS.size() + " measures, got " + values.size());
    }
  }

  /** Of a row: what it lacks is 0; a measure that is not known here is left out. */
  public static Measures of(Map<String, Long> row) {
    List<Long> values = new ArrayList<>(COUNTERS.size());
    for (Counters counter : COUNTERS) {
      values.add(row.getOrDefault(counter.key(), 0L));
    }
    return new Measures(
        values,
        row.getOrDefault(UniqueListeners.KEY, 0L),
        Arrays.stream(Fans.values()).mapToLong(fans -> fans.in(row)).sum());
  }

  /** What can be added up: listeners and fans can't, so they stay. */
  public Measures plus(Measures other) {
    List<Long> sums = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      sums.add(values.get(i) + other.values.get(i));
    }
    return new Measures(sums, listeners, fans);
  }

  /** With the listeners and fans of another, which are those of all time. */
  public Measures withAllTime(Measures allTime) {
    return new Measures(values, allTime.listeners, allTime.fans);
  }

  /** By name, in the order of {@link Counters}. */
  public Map<String, Long> byName() {
    Map<String, Long> all = new LinkedHashMap<>();
    COUNTERS.forEach(counter -> all.put(counter.key(), values.get(counter.ordinal())));
    return all;
  }
}
