package io.downbeat.local.run.simulate;

/** When listeners listen. */
public enum Rhythm {
  /** By their day, at their own clock, weekend or not. */
  DAILY,
  /** All the time: one session after the other. */
  ALWAYS
}
