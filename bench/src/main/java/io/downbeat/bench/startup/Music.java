package io.downbeat.bench.startup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Plucked strings over a bass, as WAV files: music enough for an encoder to be busy with. */
final class Music {
  private static final int RATE = 44_100;
  private static final int CHANNELS = 2;
  private static final int HEADER_BYTES = 44;
  private static final double NOTES_PER_SECOND = 6;
  private static final int[] SCALE = {0, 2, 4, 7, 9, 12, 14, 16};

  private Music() {}

  static void write(Path file, int seconds, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int frames = seconds * RATE;
    float[][] sound = new float[CHANNELS][frames];
    int step = (int) (RATE / NOTES_PER_SECOND);
    for (int at = 0; at < frames; at += step) {
      pluck(sound, at, 220 * Math.pow(2, SCALE[random.nextInt(SCALE.length)] / 12.0), random);
      if (at / step % 4 == 0) {
        pluck(sound, at, 55 * Math.pow(2, SCALE[random.nextInt(3)] / 12.0), random);
      }
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(HEADER_BYTES + frames * CHANNELS * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    bytes.putInt(bytes.capacity() - 8);
    bytes.put("WAVEfmt ".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    bytes.putInt(16).putShort((short) 1).putShort((short) CHANNELS);
    bytes.putInt(RATE).putInt(RATE * CHANNELS * 2);
    bytes.putShort((short) (CHANNELS * 2)).putShort((short) 16);
    bytes.put("data".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    bytes.putInt(frames * CHANNELS * 2);
    for (int i = 0; i < frames; i++) {
      for (float[] channel : sound) {
        bytes.putShort((short) (Math.max(-1, Math.min(1, channel[i])) * Short.MAX_VALUE));
      }
    }
    Files.write(file, bytes.array());
  }

  /** A string of Karplus and Strong (1983), somewhere between left and right. */
  private static void pluck(float[][] sound, int from, double hertz, SplittableRandom random) {
    float[] string = new float[(int) (RATE / hertz)];
    for (int i = 0; i < string.length; i++) {
      string[i] = (float) (random.nextDouble() - .5) / 2;
    }
    float left = (float) random.nextDouble();
    int frames = Math.min(sound[0].length - from, RATE);
    for (int i = 0; i < frames; i++) {
      int at = i % string.length;
      sound[0][from + i] += string[at] * left;
      sound[1][from + i] += string[at] * (1 - left);
      string[at] = (string[at] + string[(at + 1) % string.length]) / 2;
    }
  }
}
