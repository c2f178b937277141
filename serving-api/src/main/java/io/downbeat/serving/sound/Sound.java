package io.downbeat.serving.sound;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a player must know of a sound before it plays.
 *
 * @param priming samples that the encoder put before the sound
 * @param samples of the sound itself
 * @param lufs how loud it is as a whole (EBU R128); null if it is silent
 * @param peak in dBFS, between samples too; null if it is silent
 * @param masters HLS playlists by the highest quality that they name, in kbit/s
 * @param playlist HLS playlist of the lowest quality; null if it is too long to be sent along
 * @param begin of the lowest quality's file up to the end of its first segment, in base64; empty if
 *     it is too long to be sent along
 */
record Sound(
    long durationMillis,
    int sampleRate,
    int priming,
    long samples,
    @Nullable Double lufs,
    @Nullable Double peak,
    Map<Integer, String> masters,
    @Nullable String playlist,
    String begin) {
  static final int LOWEST = 96;

  private static final double TARGET_LUFS = -14;
  private static final double MOST_DBFS = -1;
  private static final double LEAST_GAIN = -24;
  private static final double MOST_GAIN = 12;

  /** In dB, to be as loud as all others and not to clip. */
  double gain() {
    double wanted = Optional.ofNullable(lufs).map(loud -> TARGET_LUFS - loud).orElse(0.0);
    double room = Optional.ofNullable(peak).map(high -> MOST_DBFS - high).orElse(0.0);
    double gain = Math.max(LEAST_GAIN, Math.min(MOST_GAIN, Math.min(wanted, room)));
    return Math.round(10 * gain) / 10.0;
  }

  /** By which what is kept of it is weighed, in bytes. */
  int weight() {
    int text = begin.length() + (playlist == null ? 0 : playlist.length());
    return 500 + text + masters.values().stream().mapToInt(String::length).sum();
  }
}
