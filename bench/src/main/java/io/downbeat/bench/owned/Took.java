package io.downbeat.bench.owned;

import java.util.Locale;

/** How long operations took. Its text is read back by {@link #of}. */
record Took(long operations, double seconds, double p50Millis, double p99Millis) {
  static Took of(String line) {
    String[] parts = line.strip().split(" ");
    return new Took(
        Long.parseLong(parts[0]),
        Double.parseDouble(parts[1]),
        Double.parseDouble(parts[2]),
        Double.parseDouble(parts[3]));
  }

  double perSecond() {
    return operations / seconds;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d %.6f %.3f %.3f", operations, seconds, p50Millis, p99Millis);
  }
}
