package io.downbeat.schemas.rules;

import java.time.Duration;
import java.time.Instant;

/**
 * How a stream loses weight as it ages: after {@link #HALF_LIFE} it counts half.
 *
 * <p>Decay runs forward from a landmark (Cormode, Shkapenyuk, Srivastava, Xu: "Forward decay: a
 * practical time decay model for streaming systems", ICDE 2009): a stream at a time t weighs
 * 2^octaves(t), once and for all, and a thing's popularity is the log2 of its streams' weights
 * added up. What is not streamed any more keeps that number, and so its place among the others;
 * nothing has to be written as time passes. Who reads it takes away the octaves of the moment, and
 * has the number of streams that would be worth as much if all of them were of now.
 *
 * <p>A double holds the weights of the years 2000 to 2039; an older stream weighs nothing.
 */
public final class Decay {
  public static final Duration HALF_LIFE = Duration.ofDays(7);

  private static final long LANDMARK_MILLIS = Instant.parse("2020-01-01T00:00:00Z").toEpochMilli();

  private Decay() {}

  /** How many half-lives a time lies behind the landmark: the log2 of what a stream weighs then. */
  public static double octaves(long epochMillis) {
    return (double) (epochMillis - LANDMARK_MILLIS) / HALF_LIFE.toMillis();
  }

  /**
   * The number of streams, if all were of now, of which this is the log2.
   *
   * @param log2Streams popularity as it is kept
   */
  public static double streamsNow(double log2Streams, Instant now) {
    return Math.pow(2, log2Streams - octaves(now.toEpochMilli()));
  }
}
