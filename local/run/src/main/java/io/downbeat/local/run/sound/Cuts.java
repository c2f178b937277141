package io.downbeat.local.run.sound;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a sound is cut, in samples: its start, 0, the start of each further segment, and its end.
 *
 * @param priming what the encoder puts before the sound; counted in all of them
 */
record Cuts(int sampleRate, int priming, List<Long> samples) {

  Cuts {
    samples = List.copyOf(samples);
  }

  /**
   * @param lengths of the segments
   */
  static Cuts of(int sampleRate, int priming, List<Long> lengths) {
    List<Long> samples = new ArrayList<>(lengths.size() + 1);
    long at = 0;
    samples.add(at);
    for (long length : lengths) {
      at += length;
      samples.add(at);
    }
    return new Cuts(sampleRate, priming, samples);
  }

  int segments() {
    return samples.size() - 1;
  }

  long length(int segment) {
    return samples.get(segment + 1) - samples.get(segment);
  }

  double seconds(int segment) {
    return length(segment) / (double) sampleRate;
  }

  long end() {
    return samples.get(segments());
  }

  /** Of the sound itself. */
  long heard() {
    return end() - priming;
  }
}
