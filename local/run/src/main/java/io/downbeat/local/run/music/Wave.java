package io.downbeat.local.run.music;

/** One turn of a wave with few harmonics, so that no note has any above what a sample can hold. */
final class Wave {
  private static final int SIZE = 2_048;

  private final float[] turn = new float[SIZE + 1];

  /**
   * @param harmonics their strengths, from the fundamental on
   */
  Wave(double... harmonics) {
    double most = 0;
    double[] sum = new double[SIZE + 1];
    for (int i = 0; i <= SIZE; i++) {
      for (int harmonic = 1; harmonic <= harmonics.length; harmonic++) {
        sum[i] += harmonics[harmonic - 1] * Math.sin(2 * Math.PI * harmonic * i / SIZE);
      }
      most = Math.max(most, Math.abs(sum[i]));
    }
    for (int i = 0; i <= SIZE; i++) {
      turn[i] = (float) (sum[i] / most);
    }
  }

  /**
   * @param phase in turns
   */
  double at(double phase) {
    double place = (phase - Math.floor(phase)) * SIZE;
    int before = (int) place;
    return turn[before] + (place - before) * (turn[before + 1] - turn[before]);
  }
}
