package io.downbeat.local.run.simulate;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Draws things in proportion to their weights: one binary search a draw. Immutable. */
final class Weighted<T> {
  private final List<T> things;
  private final double[] upTo;

  Weighted(List<T> things, ToDoubleFunction<T> weight) {
    if (things.isEmpty()) {
      throw new IllegalArgumentException("Cannot draw from nothing");
    }
    this.things = List.copyOf(things);
    upTo = new double[things.size()];
    double sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += weight.applyAsDouble(this.things.get(i));
      upTo[i] = sum;
    }
  }

  T draw(RandomGenerator random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return things.get(Math.min(found < 0 ? ~found : found + 1, upTo.length - 1));
  }
}
