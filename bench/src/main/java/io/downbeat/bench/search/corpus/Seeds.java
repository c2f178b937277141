package io.downbeat.bench.search.corpus;

import java.util.SplittableRandom;

/** Independent random numbers for each thing, drawn from its number: nothing needs to be kept. */
final class Seeds {
  private Seeds() {}

  static SplittableRandom of(long seed, long kind, long number) {
    return new SplittableRandom(mix(mix(seed * 31 + kind) + number));
  }

  /** The finisher of SplitMix64. */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
