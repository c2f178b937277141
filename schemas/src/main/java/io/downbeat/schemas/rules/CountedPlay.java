package io.downbeat.schemas.rules;

/** When a play is a counted stream: it was heard for at least thirty seconds. */
public final class CountedPlay {

  private static final long LEAST_MILLIS = 30_000;

  private CountedPlay() {}

  public static boolean isStream(long playedMillis) {
    return playedMillis >= LEAST_MILLIS;
  }
}
