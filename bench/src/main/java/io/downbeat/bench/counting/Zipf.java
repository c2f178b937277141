package io.downbeat.bench.counting;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws 0 to size - 1, the n-th with a weight of (n + 1) to the power of -exponent. */
final class Zipf {
  private final double[] upTo;

  Zipf(int size, double exponent) {
    upTo = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.pow(i + 1, -exponent);
      upTo[i] = sum;
    }
  }

  int draw(RandomGenerator random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return Math.min(found < 0 ? -found - 1 : found, upTo.length - 1);
  }
}
