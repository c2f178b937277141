package io.downbeat.schemas.rules;

import io.downbeat.schemas.avro.EndReason;
import java.util.Locale;

/**
 * What is counted of plays, for every kind of thing and bucket of time. Measures are non-negative
 * and only ever added to. State holds them by position, so a new one goes last.
 */
public enum Counters {
  PLAYS((playedMillis, end) -> 1),
  STREAMS((playedMillis, end) -> CountedPlay.isStream(playedMillis) ? 1 : 0),
  LISTENED_MILLIS((playedMillis, end) -> playedMillis),
  SKIPS((playedMillis, end) -> end == EndReason.SKIPPED ? 1 : 0);

  private interface Rule {
    long of(long playedMillis, EndReason end);
  }

  private static final Counters[] ALL = values();

  private final String key = name().toLowerCase(Locale.ROOT);
  private final Rule rule;

  Counters(Rule rule) {
    this.rule = rule;
  }

  /** Name in tables and answers. */
  public String key() {
    return key;
  }

  /** What one play adds to each counter, by position. */
  public static long[] of(long playedMillis, EndReason end) {
    long[] measures = new long[ALL.length];
    for (Counters counter : ALL) {
      measures[counter.ordinal()] = counter.rule.of(playedMillis, end);
    }
    return measures;
  }
}
