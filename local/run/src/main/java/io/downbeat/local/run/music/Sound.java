package io.downbeat.local.run.music;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Notes, played and mixed: two channels of samples from -1 to 1.
 *
 * @param left and right, of the same length
 */
record Sound(float[] left, float[] right) {
  /** Samples a second. */
  static final int RATE = 44_100;

  private static final double TAIL_SECONDS = 2.5;
  private static final double LOUDNESS = .16;
  private static final int CHANNELS = 2;
  private static final int BYTES = 2;

  /** Delays of the room, in samples: four combs, then two all-passes (Schroeder, 1962). */
  private static final int[] COMBS = {1_557, 1_617, 1_491, 1_422};

  private static final int[] ALL_PASSES = {225, 556};
  private static final int SPREAD = 23;

  /**
   * @param tempo beats a minute
   */
  static Sound of(List<Note> notes, double tempo) {
    double second = RATE;
    double beat = 60 / tempo * second;
    double end = notes.stream().mapToDouble(note -> note.beat() + note.beats()).max().orElse(0);
    int length = (int) (end * beat + TAIL_SECONDS * second);
    Map<Voice, float[]> played = new EnumMap<>(Voice.class);
    for (Note note : notes) {
      note.voice()
          .play(
              played.computeIfAbsent(note.voice(), voice -> new float[length]),
              (int) (note.beat() * beat),
              (int) (note.beats() * beat),
              440 * Math.pow(2, (note.pitch() - 69) / 12.0),
              note.loudness());
    }
    return mixed(played, length, (int) (.75 * beat));
  }

  private static Sound mixed(Map<Voice, float[]> played, int length, int echoDelay) {
    float[] left = new float[length];
    float[] right = new float[length];
    float[] toEcho = new float[length];
    float[] toRoom = new float[length];
    played.forEach(
        (voice, samples) -> {
          float toLeft = (float) (voice.level * Math.sqrt((1 - voice.place) / 2));
          float toRight = (float) (voice.level * Math.sqrt((1 + voice.place) / 2));
          for (int i = 0; i < length; i++) {
            left[i] += toLeft * samples[i];
            right[i] += toRight * samples[i];
            toEcho[i] += (float) (voice.level * voice.echo) * samples[i];
            toRoom[i] += (float) (voice.level * voice.room) * samples[i];
          }
        });
    // From side to side, each time at a third.
    for (int i = echoDelay; i < length; i++) {
      toEcho[i] += .33f * toEcho[i - echoDelay];
      float[] side = (i / echoDelay) % 2 == 0 ? left : right;
      side[i] += .5f * toEcho[i - echoDelay];
    }
    add(left, room(toRoom, 0));
    add(right, room(toRoom, SPREAD));
    return level(left, right);
  }

  private static float[] room(float[] in, int spread) {
    float[] out = new float[in.length];
    for (int delay : COMBS) {
      float[] comb = in.clone();
      for (int i = delay + spread; i < comb.length; i++) {
        comb[i] += .8f * comb[i - delay - spread];
      }
      for (int i = delay + spread; i < out.length; i++) {
        out[i] += .06f * comb[i - delay - spread];
      }
    }
    for (int delay : ALL_PASSES) {
      float[] before = out.clone();
      for (int i = delay; i < out.length; i++) {
        out[i] = before[i - delay] + .5f * (out[i - delay] - before[i]);
      }
    }
    return out;
  }

  private static void add(float[] to, float[] more) {
    for (int i = 0; i < to.length; i++) {
      to[i] += more[i];
    }
  }

  /** All pieces about as loud, none clipped, with a fade at the end. */
  private static Sound level(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * left[i] + right[i] * right[i];
    }
    double gain = LOUDNESS / Math.sqrt(sum / (2.0 * left.length));
    int fade = (int) (TAIL_SECONDS * RATE);
    for (int i = 0; i < left.length; i++) {
      double end = Math.min(1, (left.length - i) / (double) fade);
      left[i] = (float) (.98 * Math.tanh(gain * left[i]) * end);
      right[i] = (float) (.98 * Math.tanh(gain * right[i]) * end);
    }
    return new Sound(left, right);
  }

  /** As a WAV file of 16 bits. */
  void write(Path file) throws IOException {
    ByteBuffer samples =
        ByteBuffer.allocate(left.length * CHANNELS * BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < left.length; i++) {
      samples.putShort((short) Math.round(left[i] * Short.MAX_VALUE));
      samples.putShort((short) Math.round(right[i] * Short.MAX_VALUE));
    }
    AudioFormat format = new AudioFormat(RATE, 8 * BYTES, CHANNELS, true, false);
    try (AudioInputStream in =
        new AudioInputStream(new ByteArrayInputStream(samples.array()), format, left.length)) {
      AudioSystem.write(in, AudioFileFormat.Type.WAVE, file.toFile());
    }
  }
}
