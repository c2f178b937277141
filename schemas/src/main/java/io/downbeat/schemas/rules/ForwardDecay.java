package io.downbeat.schemas.rules;

import java.time.Duration;
import java.time.Instant;

/**
 * How popular a thing is: the binary logarithm of its forward-decayed number of streams, in which a
 * stream weighs twice as much as one of {@link #HALF_LIFE} before.
 *
 * <p>While nothing is streamed the order of any two things stays what it is, so that nobody has to
 * write anything anew as time passes: all that time changes is {@link #asOf}, by the same for all.
 */
public final class ForwardDecay {
  // Forward decay (Cormode, Shkapenyuk, Srivastava and Xu: "Forward decay: a practical time decay
  // model for streaming systems", ICDE 2009): instead of letting each stream fade from its time to
  // now, it is given, once, a weight that grows from a landmark to its time, and a reader divides
  // the sum by the weight of now. With exponential weights both are the same number:
  //
  //     sum of 2^((t - L) / H)  =  2^((now - L) / H) * sum of 2^-((now - t) / H)
  //
  // The sum itself would leave the range of a double in August 2039, 1,024 half-lives after the
  // landmark; so its logarithm is held, which has no end within the years that plays can be of
  // (1970 to 9999). Neighbouring doubles are 6e-14 apart in 2026 and 6e-11 in 9999, which is how
  // exactly one addition is held; floats 3e-5 and 0.03, little beside a level of 0.5.

  /** Whose streams weigh one. */
  private static final long LANDMARK = Instant.parse("2020-01-01T00:00:00Z").toEpochMilli();

  public static final Duration HALF_LIFE = Duration.ofDays(7);

  /** Of what was never streamed. */
  public static final double NOTHING = Double.NEGATIVE_INFINITY;

  private static final double HALF_LIFE_MILLIS = HALF_LIFE.toMillis();
  private static final double LN_2 = Math.log(2);
  private static final int LEVELS_A_DOUBLING = 2;

  private ForwardDecay() {}

  /**
   * Of streams of one time.
   *
   * @param epochMillis when the hour began that they were heard in, milliseconds since 1970 (UTC)
   */
  public static double of(long streams, long epochMillis) {
    return Math.log(streams) / LN_2 + halfLives(epochMillis);
  }

  /** Of the streams of both. */
  public static double plus(double a, double b) {
    double more = Math.max(a, b);
    double less = Math.min(a, b);
    return less == NOTHING ? more : more + Math.log1p(Math.exp((less - more) * LN_2)) / LN_2;
  }

  /**
   * Which binary logarithm of a number of streams of this very moment is as popular: a week later
   * it is one less.
   *
   * @param now milliseconds since 1970 (UTC)
   */
  public static double asOf(double popularity, long now) {
    return popularity - halfLives(now);
  }

  /** Two of them to each doubling. What is worth telling others is that it rose. */
  public static int level(double popularity) {
    return (int) Math.floor(LEVELS_A_DOUBLING * popularity);
  }

  private static double halfLives(long epochMillis) {
    return (epochMillis - LANDMARK) / HALF_LIFE_MILLIS;
  }
}
