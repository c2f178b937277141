package io.downbeat.local.run.sound;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a sound is cut, in samples: its start, 0, the start of each further segment, and its end.
 * What an encoder puts before the sound, {@value #PRIMING} samples, counts.
 */
record Cuts(int sampleRate, List<Long> samples) {
  /** Of ffmpeg's AAC encoder, and one frame. */
  static final int PRIMING = 1_024;

  Cuts {
    samples = List.copyOf(samples);
  }

  /**
   * @param lines "0.m4s,0.000000,1.021678": file, and seconds of start and end
   */
  static Cuts of(int sampleRate, List<String> lines) throws CannotEncode {
    List<Long> cuts = new ArrayList<>();
    cuts.add(0L);
    for (String line : lines) {
      String[] parts = line.split(",", -1);
      long end = Math.round(Double.parseDouble(parts[2]) * sampleRate);
      if (end <= cuts.get(cuts.size() - 1)) {
        continue; // The last line may stand there twice.
      }
      cuts.add(end);
    }
    if (cuts.size() == 1) {
      throw new CannotEncode("there is no sound in it");
    }
    return new Cuts(sampleRate, cuts);
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
    return end() - PRIMING;
  }
}
