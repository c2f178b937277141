package io.downbeat.batch.recommendations;

import java.io.Serializable;

/**
 * A vector for each of some items.
 *
 * @param ids of the items, ascending
 * @param values the vectors, one behind the other in the order of the ids
 */
public record Factors(int rank, int[] ids, float[] values) implements Serializable {
  public Factors {
    if (values.length != rank * ids.length) {
      throw new IllegalArgumentException(
          "Cannot hold %d items of rank %d in %d values"
              .formatted(ids.length, rank, values.length));
    }
  }

  /** Vectors of one number, so that every listener's ranking is by this number. */
  static Factors ofScores(int[] ids, float[] scores) {
    return new Factors(1, ids, scores);
  }

  float[] of(int index) {
    float[] vector = new float[rank];
    System.arraycopy(values, index * rank, vector, 0, rank);
    return vector;
  }

  /** The same directions with length one: their inner products are cosines. */
  Factors normalized() {
    float[] unit = new float[values.length];
    for (int start = 0; start < values.length; start += rank) {
      double square = 0;
      for (int r = start; r < start + rank; r++) {
        square += (double) values[r] * values[r];
      }
      double length = square == 0 ? 1 : Math.sqrt(square);
      for (int r = start; r < start + rank; r++) {
        unit[r] = (float) (values[r] / length);
      }
    }
    return new Factors(rank, ids, unit);
  }
}
